import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One address in front of several servers, as HAProxy or the endpoint of a managed service is. */
export interface Forwarder {
  port: number;
  /** Sends new connections to a port, or refuses them with null; cuts those that lead elsewhere. */
  pointTo(port: number | null): void;
  stop(): Promise<void>;
}

export async function startForwarder(): Promise<Forwarder> {
  let target: number | null = null;
  const open = new Set<Socket>();

  function track(socket: Socket): void {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  }

  const server = createServer((client) => {
    track(client);
    if (target === null) return void client.destroy();
    const upstream = connect(target, '127.0.0.1');
    track(upstream);
    client.setNoDelay();
    upstream.setNoDelay();
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function pointTo(port: number | null): void {
    if (port === target) return;
    target = port;
    for (const socket of open) socket.destroy();
  }

  return {
    port: (server.address() as AddressInfo).port,
    pointTo,
    async stop() {
      pointTo(null);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
