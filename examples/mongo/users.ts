/** A document of the host's `users`, as far as it is needed here. */
export interface User {
  id: number;
  username: string;
  /** What the user had before there was a ledger. From then on nobody changes it: the ledger knows. */
  coins: number;
  session_token: string;
}

/**
 * What is used of the driver's collection: `new MongoClient(url).db('panel').collection<User>('users')` is one. Our tests
 * have an object in memory with these two methods, and no Mongo server.
 */
export interface Users {
  findOne(filter: { session_token: string }): Promise<User | null>;
  find(): AsyncIterable<User>;
}

/** Who has the session that the cookie names: a string, whatever the browser wrote, and never a query of its own. */
export function findUser(users: Users, request: Request): Promise<User | null> {
  const token = /(?:^|; )session_token=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
  return token === undefined ? Promise.resolve(null) : users.findOne({ session_token: token });
}
