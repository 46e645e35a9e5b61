import type { TransferGroup } from './transfers.ts';
import type { ActivityAnswer, ActivityTotalsAnswer, WithBalance } from './api.ts';

/** What the routes for administrators answer. See `api.ts`, which has the form of all answers. */

/**
 * `POST /api/admin/users/[id]/coins {amount, reason}`, `{balance, expected_version, reason}` or `{reverse, reason}`, where
 * `reverse` is a transfer's id; `POST /api/admin/approvals/[id] {approve, reason}`. The snapshot is the admin's own.
 *
 * 202 without `data` where a second administrator has to approve it, and 200 without where it was rejected.
 */
export interface AdminAdjustAnswer extends WithBalance {
  data: {
    user_id: string;
    amount: number;
    balance_before: number;
    balance_after: number;
    version: number;
    new_balance: number;
  } | null;
}

/** `GET /api/admin/approvals`: what waits for a second administrator, oldest first. */
export interface AdminApprovalsAnswer {
  success: true;
  data: {
    id: number;
    user_id: string;
    username: string;
    requested_by: string;
    /** Whether the reader asked for it: then somebody else has to approve it. */
    own: boolean;
    amount: number;
    reason: string;
    requested_at: string;
  }[];
}

/** `GET /api/admin/audit?before=&limit=`: newest first. Names are those of now. */
export interface AdminAuditAnswer {
  success: true;
  data: {
    id: number;
    at: string;
    actor: string;
    actor_id: string;
    kind: string;
    target: string;
    target_id: string;
    amount: number | null;
    details: Record<string, unknown>;
    reason: string;
    address: string;
  }[];
  next: number | null;
}

/**
 * `POST /api/admin/users/[id]/role {role: 'user' | 'admin', reason}`, `…/ban {banned, reason}`, `…/email {email, reason}`,
 * `…/close {reason}`, and `…/password {reason}`, which answers with a generated password.
 */
export interface AdminPersonAnswer {
  success: true;
  message: string;
  data: { password: string } | null;
}

export interface AdminCode {
  id: number;
  code: string;
  /** Whole credits for each use. */
  amount: number;
  /** How often it was used, and may be. */
  uses: number;
  uses_max: number;
  /** ISO instants; without an end it goes on. */
  starts_at: string;
  ends_at: string | null;
  note: string;
  stopped: boolean;
  created_at: string;
}

/** `GET /api/admin/codes?before=&limit=`: newest first. */
export interface AdminCodesAnswer {
  success: true;
  data: AdminCode[];
  /** Pass as `before` to read on; null on the last page. */
  next: number | null;
}

/**
 * `POST /api/admin/codes {code?, amount, uses, starts_at?, ends_at?, note?}` → 201; `POST /api/admin/codes/[code] {amount?, uses?,
 * starts_at?, ends_at?, note?, stopped?, reason?}`.
 */
export interface AdminCodeAnswer {
  success: true;
  message: string;
  data: AdminCode;
}

/** `GET /api/admin/codes/[code]`: with its newest uses, and what administrators changed. */
export interface AdminCodePageAnswer {
  success: true;
  data: {
    code: AdminCode;
    redemptions: { user_id: string; username: string; amount: number; redeemed_at: string }[];
    changes: {
      id: number;
      at: string;
      actor: string;
      kind: string;
      details: Record<string, unknown>;
      reason: string;
    }[];
  };
}

/** `GET /api/admin/messages`: what was written to people where it cannot be sent, newest first. */
export interface AdminMessagesAnswer {
  success: true;
  data: {
    /** Messages are sent: those that are kept could not be. */
    sent: boolean;
    messages: {
      id: number;
      at: string;
      to: string;
      subject: string;
      link: 'none' | 'terminal' | 'here';
      failed: boolean;
    }[];
  };
}

/** `POST /api/admin/messages/[id] {}`: the link of a message. The audit log has who looked at it. */
export interface AdminMessageLinkAnswer {
  success: true;
  data: { link: string };
}

/** `GET /api/admin/users/[id]/coins?before=&limit=` */
export interface AdminEntriesAnswer {
  success: true;
  user: AdminUser;
  entries: {
    /** The account's version at this entry. */
    id: number;
    user_id: string;
    /** Signed change of `available`. */
    delta: number;
    balance_before: number;
    balance_after: number;
    held_after: number;
    source_category: string;
    source_action: string;
    reference_id: string | null;
    message: string;
    /** How the other user of a transfer is called now. */
    counterparty: string | null;
    actor: string;
    created_at: string;
  }[];
  next: number | null;
}

export interface AdminUser {
  id: string;
  username: string;
  email: string;
  role: 0 | 1;
  banned: boolean;
  coins: number;
  held: number;
  version: number;
  created_at: string;
}

/** `GET /api/admin/users?query=&limit=&offset=` */
export interface AdminUsersAnswer {
  success: true;
  data: { users: AdminUser[]; total: number; limit: number; offset: number };
}

/** `GET /api/admin/users/[id]/activity?…`, with the filter and the pages of the user's own list; `…/export` is CSV. */
export interface AdminActivityAnswer extends ActivityAnswer {
  user: AdminUser;
  /** Of the filter, with the first page only. */
  totals: ActivityTotalsAnswer['data'] | null;
}

/** `POST /api/admin/holds/[id]/void {reason}`: releases what is reserved. */
export interface AdminVoidAnswer {
  success: true;
  message: string;
}

/** `GET /api/admin/circulation` */
export interface AdminCirculationAnswer {
  success: true;
  data: { issued: number; spent: number; expired: number; circulating: number; held: number; accounts: number };
}

/** `GET /api/admin/burn`: what all servers cost by the hour, and who runs out next, at most five people. */
export interface AdminBurnAnswer {
  success: true;
  data: {
    per_hour: number;
    servers: number;
    next: { user_id: string; username: string; per_hour: number; available: number; exhausts_at: string }[];
  };
}

/** `GET /api/admin/trends?days=30`: by calendar days of the dashboard's time zone, of which today is the last. */
export interface AdminTrendsAnswer {
  success: true;
  data: {
    /** ISO instant at which the first day begins, and what circulated then. */
    from: string;
    circulating_before: number;
    /** What was issued, spent and expired, less what was taken back; what circulated at the end of the day, or now. */
    days: {
      day: string;
      issued: number;
      spent: number;
      expired: number;
      circulating: number;
      ends_at: string;
    }[];
    /** Who moved most; `since` is later than `from` where there were too many transfers to count them all. */
    movers: {
      since: string;
      people: { user_id: string; username: string; in: number; out: number; transfers: number }[];
    };
    referrals: ReferralFunnel;
  };
}

/** Of referral links that were opened, and of people who signed up by one, in a period. */
export interface ReferralFunnel {
  opened: number;
  signed_up: number;
  /** Came back for a bonus, which their reward waits for. */
  returned: number;
  /** The reward was claimed. */
  paid: number;
  /** Credits that were paid for them. */
  amount: number;
}

/** One kind of what time settles: how many are past their instant, and when the earliest one is. */
export interface UpkeepView {
  due: number;
  next: string | null;
}

/** `GET /api/admin/health`: how far settlement is behind, and what webhook events wait. */
export interface AdminHealthAnswer {
  success: true;
  data: {
    at: string;
    rates: UpkeepView & { active: number; suspended: number };
    allowances: UpkeepView & { active: number };
    lots: UpkeepView;
    holds: UpkeepView;
    events: { pending: number; failed: number; oldest_pending_at: string | null };
  };
}

/** `GET /api/admin/deliveries`: events of the ledger with the state of their delivery, newest first. */
export interface AdminDeliveriesAnswer {
  success: true;
  data: {
    id: string;
    user: TransferSide;
    type: string;
    state: 'pending' | 'delivered' | 'failed';
    attempts: number;
    /** Why the last attempt failed. */
    error: string | null;
    /** Of the next attempt while it is pending, and of the last one afterwards. */
    at: string;
    created_at: string;
  }[];
  next: string | null;
}

/** `POST /api/admin/deliveries/[id]/replay {}` */
export interface AdminReplayAnswer {
  success: true;
  message: string;
}

/** A user, or where credits come from and go to beside people: without an id. */
export interface TransferSide {
  id: string | null;
  name: string;
}

export interface TransferView {
  id: string;
  group: TransferGroup;
  from: TransferSide;
  to: TransferSide;
  amount: number;
  reason: string;
  by: string;
  reverses: string | null;
  hold: string | null;
  created_at: string;
}

/** `GET /api/admin/transfers`: of all accounts, newest first. A page with a `next` may have none: few match. */
export interface AdminTransfersAnswer {
  success: true;
  data: { transfers: TransferView[]; next: string | null; is_user_unknown: boolean };
}

/** `GET /api/admin/transfers/[id]`, with the reversals that followed it. */
export interface AdminTransferAnswer {
  success: true;
  data: TransferView & { reversals: string[] };
}

/** `GET /api/admin/users/[id]/time`: what somebody pays by the hour, what refills, and what expires when. */
export interface AdminTimeAnswer {
  success: true;
  data: {
    exhausts_at: string | null;
    rates: {
      id: string;
      resource: string;
      amount: number;
      per: 'hour' | 'day' | 'week' | 'month';
      state: 'active' | 'suspended' | 'stopped';
      charged: number;
      started_at: string;
    }[];
    allowances: {
      id: string;
      name: string;
      amount: number;
      per: 'hour' | 'day' | 'week' | 'month';
      carry_over: number;
      next_refill_at: string | null;
    }[];
    /** In spending order. */
    lots: { version: number; available: number; held: number; priority: number; expires_at: string | null }[];
    has_more_lots: boolean;
  };
}

/** What being here pays. */
export interface RewardsView {
  /** Whole credits for the first to the seventh consecutive day; then it begins again. */
  daily: number[];
  /** For each person who came by a link, and for each visit of one. 0: nothing. */
  signup: number;
  click: number;
  /** Grows with each change. */
  version: number;
}

/** `GET` and `POST /api/admin/rewards {daily, signup, click, version, reason}`: with what was changed, newest first. */
export interface AdminRewardsAnswer {
  success: true;
  message?: string;
  data: {
    rewards: RewardsView;
    changes: { id: number; at: string; actor: string; details: Record<string, unknown>; reason: string }[];
  };
}

/** `POST /api/admin/verify` */
export interface AdminVerifyAnswer {
  success: true;
  data: {
    ok: boolean;
    accounts: number;
    entries: number;
    transfers: number;
    differences: { account: string | null; version: number | null; message: string }[];
    checkedAt: string;
  };
}

/** `GET|POST /api/admin/provisioning {delay_ms, failure}`: adjusts the simulator; 409 when the panel is real. */
export interface AdminProvisioningAnswer {
  success: true;
  data: {
    provisioner: 'pterodactyl' | 'simulator';
    delay_ms: number;
    failure: 'none' | 'refuse' | 'no_node' | 'lost_answer';
  };
}
