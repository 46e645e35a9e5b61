import type { Snapshot } from 'realtime-credits';

import type { ActivityGroup } from './activity.ts';
/**
 * What the dashboard's own routes answer: the shapes that the design document's host has, plus `data.new_balance` and
 * `snapshot` on everything that changes or shows a balance. `coins` and `new_balance` mean `available`.
 *
 * Failures: `{success: false, message, code, requestId}` with the status of `code` in the error table of
 * `realtime-credits`, plus `errors: [{path, message}]` for invalid input, and `snapshot` when the user is known.
 */
export interface Failure {
  success: false;
  message: string;
  code: string;
  requestId: string;
  errors?: { path: string; message: string }[];
  details?: unknown;
  snapshot?: Snapshot;
  /** Every failure is a problem, too: the package's client can read it. @see RFC 9457 */
  type: string;
  title: string;
  status: number;
  detail: string;
}

export interface Me {
  id: string;
  username: string;
  email: string;
  first_name: string;
  last_name: string;
  display_name: string;
  /** 0 admin, 1 user. */
  role: 0 | 1;
  verified: boolean;
  coins: number;
  avatar_url: string | null;
  referral_code: string;
  referral_earnings: number;
  /** Whether they are told by e-mail when their credits run low. */
  balance_messages: boolean;
  /** From when on they may choose another user name; null: they never did. */
  username_changes_at: string | null;
  created_at: string;
  updated_at: string;
}

/** `GET /api/user/me`, `POST /api/user/username {username}`, `POST /api/user/update-profile {display_name?, first_name?, last_name?, balance_messages?}` */
export interface MeAnswer {
  success: true;
  user: Me;
  snapshot: Snapshot;
}

/** `GET /api/user/sign-in`: how the person signs in. `DELETE /api/user/sign-in/[provider]` unlinks an account elsewhere. */
export interface SignInWaysAnswer {
  success: true;
  data: {
    has_password: boolean;
    second_factor: boolean;
    /** Oldest first. `POST /api/user/passkeys/[id] {name}` names one, and `DELETE` removes it. */
    passkeys: { id: string; name: string; created_at: string }[];
    /** Linked accounts. */
    providers: ('discord' | 'google' | 'github')[];
  };
}

/** `GET /api/user/sessions`: where the person is signed in. `DELETE /api/user/sessions/[id]` ends one. */
export interface OwnSessionsAnswer {
  success: true;
  data: { id: string; user_agent: string | null; created_at: string; current: boolean }[];
}

export interface WithBalance {
  success: true;
  message: string;
  snapshot: Snapshot;
}

/** `POST /api/user/daily-login {action: 'check'}` */
export interface DailyCheckAnswer {
  success: true;
  data: {
    canClaim: boolean;
    /** Why this account earns nothing yet; null where it does. */
    refusal: string | null;
    /** What the person can do about it. */
    refusalAction: 'verify_email' | null;
    alreadyClaimed: boolean;
    hasLoggedIn: boolean;
    /** What a claim pays now, or paid today. */
    coinsAwarded: number;
    /** Consecutive days including today's claim, or yesterday's while today's is open. */
    streak: number;
    longestStreak: number;
    /** The seven rewards of the cycle and which of them is next, counted from 0. */
    rewards: number[];
    rewardIndex: number;
    /** ISO instants: when the next claim opens (now, when it is open) and when today's closes. */
    nextClaimAt: string;
    expiresAt: string;
    /** The zone whose midnight counts. */
    timeZone: string;
  };
}

/** `POST /api/user/daily-login {action: 'claim'}`; a second claim of the day: 409 `already_claimed`, details `{next_claim_at}` */
export interface DailyClaimAnswer extends WithBalance {
  data: { coins_awarded: number; claimed_at: string; streak: number; next_claim_at: string; new_balance: number };
}

/** `POST /api/user/daily-login {action: 'history', limit?, offset?}` */
export interface DailyHistoryAnswer {
  success: true;
  data: {
    logins: { day: string; coins_awarded: number; claimed_at: string; streak: number }[];
    total: number;
    limit: number;
    offset: number;
  };
}

/** `GET /api/user/daily-login` */
export interface DailyStatsAnswer {
  success: true;
  data: {
    user_id: string;
    total_logins: number;
    current_streak: number;
    longest_streak: number;
    total_coins_earned: number;
    last_login_date: string | null;
    first_login_date: string | null;
  };
}

export interface Plan {
  id: string;
  name: string;
  description: string;
  /** Whole credits that are charged when it runs: the price, or the first hour of a plan with a price per hour. */
  plan_cost: number;
  setup_fee: number;
  /** Whole credits per hour while it runs, the first of which is `plan_cost`; null: paid once. */
  per_hour: number | null;
  memory_mb: number;
  disk_mb: number;
  cpu_percent: number;
  backups: number;
}

/** `GET /api/servers/catalogue` */
export interface CatalogueAnswer {
  success: true;
  data: {
    types: { id: string; name: string; description: string }[];
    software: { id: string; type_id: string; name: string; version: string }[];
    locations: { id: string; name: string; country: string; available: boolean }[];
    plans: Plan[];
    /** `simulator` is shown to people as such, wherever servers are. */
    provisioner: 'pterodactyl' | 'simulator';
  };
}

export interface GameServer {
  id: number;
  pterodactyl_id: number | null;
  name: string;
  type_id: string;
  software_id: string;
  location_id: string;
  plan_id: string;
  /**
   * `provisioning` while its hold is open; a server that failed keeps its row and its reason, and costs nothing.
   * `stopped`: by its owner. `suspended`: no credits are left for it, and it runs again once there are some.
   */
  status: 'provisioning' | 'running' | 'stopped' | 'suspended' | 'failed' | 'deleting' | 'deleted';
  failure: string | null;
  /** What is charged when it runs, as in {@link Plan}. */
  total_cost: number;
  per_hour: number | null;
  created_at: string;
}

/** What a person's servers cost by the hour, and how long their credits last. */
export interface Burn {
  /** Credits per hour of everything that runs now. */
  per_hour: number;
  /** ISO instant at which the first server is suspended if nothing else happens; null: nothing runs out. */
  exhausts_at: string | null;
}

/** `GET /api/servers` */
export interface ServersAnswer {
  success: true;
  data: { servers: GameServer[]; burn: Burn; provisioner: 'pterodactyl' | 'simulator' };
}

/** `GET /api/servers/[id]` */
export interface ServerAnswer {
  success: true;
  data: {
    server: GameServer;
    burn: Burn;
    /** Null until the panel says. */
    address: string | null;
    panel_url: string | null;
    /** Charged so far, in whole credits. */
    charged: number;
    /** What its hours cost, newest first, day by day; at most 30 lines. */
    charges: ActivityItem[];
    provisioner: 'pterodactyl' | 'simulator';
  };
}

/** `POST /api/servers/[id]/power {on}`: stops a server, which then costs nothing, or starts it. */
export interface ServerPowerAnswer extends WithBalance {
  server: GameServer;
  data: { new_balance: number };
}

/** `POST /api/servers/create {name, server_type_id, server_software_id, location_id, plan_id}` → 201 when it runs. */
export interface ServerCreateAnswer extends WithBalance {
  server_id: number;
  server: GameServer;
  cost_breakdown: { plan_cost: number; setup_fee: number; total_cost: number };
  data: { new_balance: number };
}

/** `DELETE /api/servers/[id]` */
export interface ServerDeleteAnswer extends WithBalance {
  data: { new_balance: number };
}

/** `GET /api/referrals` */
export interface ReferralsAnswer {
  success: true;
  data: {
    code: string;
    link: string;
    reward_per_signup: number;
    reward_per_click: number;
    clicks: number;
    signups: { username: string; created_at: string; reward: number; claimed: boolean }[];
    claimable: { clicks: number; signups: number; total: number };
    total_earned: number;
  };
}

/** `POST /api/referrals/claim {claim_type: 'all' | 'clicks' | 'signups'}`; success with 0 when nothing is open. */
export interface ReferralClaimAnswer extends WithBalance {
  data: { total_claimed: number; clicks_claimed: number; signups_claimed: number; new_balance: number };
}

/**
 * `POST /api/codes/redeem {code}`. 404 `code_not_valid` for a code that is unknown or cannot be used now; 409 `code_redeemed`
 * for one that the user has used.
 */
export interface RedeemAnswer extends WithBalance {
  data: { code: string; amount: number; new_balance: number };
}

/** `POST /api/transfers {to_username, amount, note?}`: never says anything of the recipient's balance. */
export interface TransferAnswer extends WithBalance {
  transfer: { id: string; to_username: string; amount: number; note: string | null; created_at: string };
  data: { new_balance: number };
}

/** One line of the activity list: an event with its real amount and outcome. */
export interface ActivityItem {
  /** Names the line within its account: `/activity/<version>`. */
  version: number;
  /** Of charges by the hour in a row, of one server and one day: what they were for. Null for everything else. */
  usage: { server: number | null; name: string; duration_ms: number } | null;
  group: ActivityGroup;
  reason: string;
  amount: number;
  /** Signed effect: 0 for what was released, negative while it is reserved. */
  change: number;
  /** The balance after it: the balance of the next older line plus `change`. */
  balance: number;
  /** Who caused it: the user, the dashboard by itself, someone of the team (whom only administrators learn), or the user on the other side. */
  by: { kind: 'you' | 'dashboard' } | { kind: 'team'; username?: string } | { kind: 'user'; username: string | null };
  /** The user on the other side, as they are called now; null where it is the dashboard. */
  other: string | null;
  /** What was reserved for it, and until when; null for what needed no reservation. */
  reserved: { amount: number; until: string } | null;
  /** The line that this one refunds or reverses. */
  reverses: { version: number; amount: number; reason: string; created_at: string } | null;
  /** The line that refunded or reversed this one. */
  reversed_by: number | null;
  /** What to quote to the team. */
  reference: string | null;
  created_at: string;
}

/** `GET /api/activity?way=&type=&q=&min=&max=&from=&to=&tz=&before=&limit=`; `/api/activity/export` is the same as CSV. */
export interface ActivityAnswer {
  success: true;
  data: {
    items: ActivityItem[];
    /** Pass as `before` to read on; null on the last page. */
    next: string | null;
    /** The version of the account that the page is at least as new as. */
    version: number;
  };
}

/** `GET /api/activity/totals?…`, with the filter of the list: sums of everything that it matches. */
export interface ActivityTotalsAnswer {
  success: true;
  data: {
    count: number;
    /** Sums of what came in and went out, both positive; `reserved` is in neither. */
    in: number;
    out: number;
    reserved: number;
    groups: { group: ActivityGroup; count: number; amount: number; change: number }[];
    balance: { posted: number; held: number; available: number };
    version: number;
  };
}

/** `GET /api/activity/balances?from=`, an ISO instant: at most 200 points, evenly spaced by change, oldest first. */
export interface BalancesAnswer {
  success: true;
  data: {
    /** What was available from each instant on. The first may lie before `from`: it holds at `from`. */
    points: { available: number; created_at: string }[];
    version: number;
  };
}

/** `GET /api/activity/[version]`: a line, and what happened step by step, oldest first. */
export interface ActivityItemAnswer {
  success: true;
  data: {
    item: ActivityItem;
    steps: {
      version: number;
      step: 'moved' | 'reserved' | 'charged' | 'released' | 'expired';
      amount: number;
      reason: string;
      by: ActivityItem['by'];
      before: { posted: number; held: number; available: number };
      after: { posted: number; held: number; available: number };
      created_at: string;
    }[];
  };
}

/**
 * `POST /api/examples/credits {effect: 'spend' | 'grant' | 'set', amount, reason, refuse?, delay_ms?}`: moves credits
 * between the user and a practice account of their own: no credits are created. Only in demo mode; otherwise 404.
 */
export interface ExampleAnswer extends WithBalance {
  data: { new_balance: number; practice_balance: number };
}
