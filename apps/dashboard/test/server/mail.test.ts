import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { AdminAuditAnswer, AdminMessageLinkAnswer, AdminMessagesAnswer } from '../../lib/admin-api.ts';
import { createLinkSeal } from '../../server/mail/link-seal.ts';
import { createMailer, MESSAGES_PER_HOUR, type MessageOutcome } from '../../server/mail/mailer.ts';
import { writeLetter, type Message } from '../../server/mail/messages.ts';
import { createOutbox, LEASE_MS } from '../../server/mail/outbox.ts';
import { createShownMessages } from '../../server/mail/shown-messages.ts';
import { createSmtp } from '../../server/mail/smtp.ts';
import { openTestDashboard, PASSWORD, type Person, type TestDashboard } from './support/dashboard.ts';
import { startSmtpServer, type SmtpServer } from './support/smtp-server.ts';

let server: SmtpServer;
let dashboard: TestDashboard;
let admin: Person;

beforeAll(async () => {
  server = await startSmtpServer();
  dashboard = await openTestDashboard({ environment: { ADMIN_EMAILS: 'captain@example.test' } });
  admin = await dashboard.signUp('boss');
  await dashboard.promote(admin);
});
beforeEach(() => {
  server.received.length = 0;
  server.refusals.length = 0;
});
afterAll(async () => {
  await dashboard.end();
  await server.close();
});

const SEAL = createLinkSeal('only-for-tests');

const MESSAGE: Message = {
  kind: 'reset',
  userId: 'u',
  to: 'somebody@example.test',
  link: 'https://panel.example/reset-password#a&b',
};

function openMailer({ at = Date.now() }: { at?: number } = {}) {
  const smtp = createSmtp({ url: server.url, from: 'Panel <panel@example.com>' });
  const outcomes: MessageOutcome[] = [];
  const warnings: unknown[] = [];
  const clock = { at };
  const now = (): number => clock.at;
  const mailer = createMailer({
    deliver: smtp.deliver,
    outbox: createOutbox(dashboard.database.pool, now, SEAL),
    store: 'memory',
    now,
    count: (outcome) => outcomes.push(outcome),
    onWarning: (message, cause) => warnings.push([message, cause]),
  });
  const close = async () => {
    await mailer.close();
    smtp.close();
  };
  return { mailer, outcomes, warnings, clock, close };
}

/** What waits, by when it is due again. */
async function readOutbox(): Promise<{ recipient: string; tries: number; due: number }[]> {
  const { rows } = await dashboard.database.pool.query<{
    recipient: string;
    tries: number;
    next_try_at: Date | string;
  }>(`SELECT recipient, tries, next_try_at FROM dashboard_outbox ORDER BY next_try_at`);
  return rows.map(({ recipient, tries, next_try_at: due }) => ({ recipient, tries, due: new Date(due).getTime() }));
}

test('mail: a message is sent to the server of SMTP_URL, as text and as HTML', async () => {
  const { mailer, outcomes, close } = openMailer();
  mailer.send(MESSAGE);
  await vi.waitFor(() => expect(outcomes).toEqual(['delivered']));
  const [mail = ''] = server.received;
  expect(mail).toContain('MAIL FROM:<panel@example.com>');
  expect(mail).toContain('RCPT TO:<somebody@example.test>');
  expect(mail).toMatch(/^From: Panel <panel@example\.com>\r$/m);
  expect(mail).toMatch(/^Content-Type: text\/plain/m);
  expect(mail).toMatch(/^Content-Type: text\/html/m);
  const { text, html } = writeLetter(MESSAGE);
  expect(text).toContain(`\n${MESSAGE.link}\n`);
  expect(html).toContain('href="https://panel.example/reset-password#a&amp;b"');
  expect(html).toContain('Real-Time Credits');
  expect(mail).toMatch(/^Message-ID: <\d+\.\d+@example\.com>\r$/m);
  await close();
});

test('mail: what the server refuses for now is tried again, with longer pauses, as long as its link works', async () => {
  const { mailer, outcomes, warnings, clock, close } = openMailer();
  const begun = clock.at;
  server.refusals.push('451 Later', '451 Later');
  mailer.send(MESSAGE);
  for (const tries of [1, 2]) {
    await vi.waitFor(async () => expect(await readOutbox()).toMatchObject([{ tries }]));
    const due = (await readOutbox())[0]?.due ?? 0;
    clock.at = due - 1;
    await mailer.sweep();
    clock.at = due;
    await mailer.sweep();
  }
  await vi.waitFor(() => expect(outcomes).toEqual(['delivered']));
  await vi.waitFor(async () => expect(await readOutbox()).toEqual([]));
  expect(clock.at - begun).toBe(65_000);

  const pauses: number[] = [];
  server.refusals.push(...Array.from({ length: 50 }, () => '451 Later'));
  mailer.send({ ...MESSAGE, kind: 'verify', to: 'slow@example.test', userId: admin.id });
  const second = clock.at;
  for (let tries = 1; !outcomes.includes('failed'); tries += 1) {
    await vi.waitFor(async () =>
      expect(outcomes.includes('failed') || (await readOutbox())[0]?.tries === tries).toBe(true),
    );
    const due = (await readOutbox())[0]?.due ?? 0;
    if (due === 0) break;
    pauses.push(due - clock.at);
    clock.at = due;
    await mailer.sweep();
  }
  expect(pauses.slice(0, 6)).toEqual([5_000, 60_000, 300_000, 900_000, 3_600_000, 3_600_000]);
  expect(clock.at - second).toBeLessThan(24 * 3_600_000);
  expect(clock.at - second).toBeGreaterThan(22 * 3_600_000);
  expect(outcomes).toEqual(['delivered', 'failed']);
  expect(warnings).toHaveLength(1);
  await close();
  // The operator sees that it was given up. Its link is not kept.
  const [given] = await listMessages();
  expect(given).toMatchObject({
    to: 'slow@example.test',
    subject: 'Confirm your e-mail address',
    failed: true,
    link: 'none',
  });
  expect((await showLink(given?.id)).status).toBe(404);
});

test('mail: a link for a new password is over after an hour, and so are the tries', async () => {
  const { mailer, outcomes, clock, close } = openMailer();
  const begun = clock.at;
  server.refusals.push(...Array.from({ length: 20 }, () => '451 Later'));
  mailer.send({ ...MESSAGE, to: 'hourly@example.test' });
  for (let tries = 1; tries < 20; tries += 1) {
    await vi.waitFor(async () => expect(outcomes.length > 0 || (await readOutbox())[0]?.tries === tries).toBe(true));
    const due = (await readOutbox())[0]?.due ?? 0;
    if (due === 0) break;
    clock.at = due;
    await mailer.sweep();
  }
  expect(outcomes).toEqual(['failed']);
  expect(clock.at - begun).toBeLessThan(3_600_000);
  await close();
});

test('mail: what the server refuses for good is sent once', async () => {
  const { mailer, outcomes, close } = openMailer();
  server.refusals.push('550 Nobody here');
  mailer.send({ ...MESSAGE, to: 'nobody@example.test' });
  await vi.waitFor(() => expect(outcomes).toEqual(['failed']));
  await close();
  expect(server.received).toEqual([]);
  expect(await readOutbox()).toEqual([]);
});

test('mail: what waits when a process stops, or dies during a try, is sent by the next one', async () => {
  const first = openMailer();
  server.refusals.push('451 Later');
  first.mailer.send(MESSAGE);
  await vi.waitFor(async () => expect(await readOutbox()).toMatchObject([{ tries: 1 }]));
  await first.close();
  expect(first.outcomes).toEqual([]);
  // It took this one and was gone.
  await createOutbox(dashboard.database.pool, () => first.clock.at, SEAL).add({
    ...MESSAGE,
    to: 'died@example.test',
  });
  const next = openMailer({ at: first.clock.at + LEASE_MS - 1 });
  await next.mailer.sweep();
  await vi.waitFor(() => expect(next.outcomes).toEqual(['delivered']));
  next.clock.at += 1;
  await Promise.all([next.mailer.sweep(), next.mailer.sweep()]);
  await vi.waitFor(() => expect(next.outcomes).toEqual(['delivered', 'delivered']));
  await next.close();
  expect(await readOutbox()).toEqual([]);
  expect(server.received.join()).toContain('RCPT TO:<died@example.test>');
  expect(server.received).toHaveLength(2);
});

test('C12: a message that waits has its link sealed, and one that another secret sealed is given up without it', async () => {
  const { pool } = dashboard.database;
  const at = Date.now();
  await createOutbox(pool, () => at, SEAL).add(MESSAGE);
  await createOutbox(pool, () => at, createLinkSeal('another secret')).add({ ...MESSAGE, to: 'lost@example.test' });
  const { rows } = await pool.query<{ link: string }>(`SELECT link FROM dashboard_outbox`);
  for (const { link } of rows) expect(link).not.toContain('reset-password');
  const { mailer, outcomes, close } = openMailer({ at: at + LEASE_MS });
  await mailer.sweep();
  await vi.waitFor(() => expect(outcomes).toEqual(['delivered']));
  await close();
  expect(await readOutbox()).toEqual([]);
  expect(server.received.join()).toContain('RCPT TO:<somebody@example.test>');
  expect(server.received.join()).toContain('reset-password#a&b');
  expect(server.received.join()).not.toContain('lost@');
});

test('mail: what waits for somebody is gone with their account', async () => {
  const person = await dashboard.signUp('vanishing');
  const { mailer, outcomes, clock, close } = openMailer();
  server.refusals.push('451 Later');
  mailer.send({ ...MESSAGE, userId: person.id, to: person.email });
  await vi.waitFor(async () => expect(await readOutbox()).toMatchObject([{ tries: 1 }]));
  await dashboard.send('/api/user/close', { as: person, body: { password: PASSWORD } });
  expect(await readOutbox()).toEqual([]);
  clock.at += 3_600_000;
  await mailer.sweep();
  await close();
  expect(outcomes).toEqual([]);
});

test('mail: nobody’s mailbox is filled, and one kind takes no room from another', async () => {
  const { mailer, outcomes, close } = openMailer();
  for (let index = 0; index < MESSAGES_PER_HOUR + 5; index += 1) mailer.send(MESSAGE);
  mailer.send({ ...MESSAGE, to: MESSAGE.to.toUpperCase() });
  mailer.send({ ...MESSAGE, kind: 'changing', link: null });
  mailer.send({ ...MESSAGE, to: 'player@demo.test' });
  await vi.waitFor(() => expect(outcomes).toHaveLength(MESSAGES_PER_HOUR + 7));
  expect(outcomes.filter((outcome) => outcome === 'delivered')).toHaveLength(MESSAGES_PER_HOUR + 1);
  expect(server.received).toHaveLength(MESSAGES_PER_HOUR + 1);
  await close();
});

test('mail: with SMTP_URL, signing up sends a message, and the admin area has none', async () => {
  const sending = await openTestDashboard({
    environment: { SMTP_URL: server.url, MAIL_FROM: 'panel@example.com', PUBLIC_URL: 'https://panel.example' },
  });
  try {
    const headers = { origin: 'https://panel.example' };
    const person = await sending.signUp('mailed', { headers });
    await vi.waitFor(() => expect(server.received).toHaveLength(1));
    expect(server.received[0]).toContain('RCPT TO:<mailed@example.test>');
    expect(server.received[0]).toContain('https://panel.example/verify-email#');
    await sending.promote(person);
    const { body } = await sending.send<AdminMessagesAnswer>('/api/admin/messages', { as: person });
    expect(body.data).toEqual({ sent: true, messages: [] });
    expect(sending.messages).toEqual([]);
  } finally {
    await sending.end();
  }
});

async function listMessages(as = admin): Promise<AdminMessagesAnswer['data']['messages']> {
  const { body } = await dashboard.send<AdminMessagesAnswer>('/api/admin/messages', { as });
  return body.data.messages;
}

async function requestReset(person: Pick<Person, 'email'>): Promise<string> {
  await dashboard.send('/api/auth/request-password-reset', { body: { email: person.email } });
  return dashboard.readToken('reset', person.email);
}

function showLink(id: number | undefined) {
  return dashboard.send<AdminMessageLinkAnswer>(`/api/admin/messages/${id}`, { as: admin, body: {} });
}

test('mail: without SMTP_URL, the terminal and an administrator have the message; looking at its link is recorded', async () => {
  const person = await dashboard.signUp('unsent');
  const token = await requestReset(person);
  const [newest] = await vi.waitFor(async () => {
    const messages = await listMessages();
    expect(messages[0]).toMatchObject({ to: person.email, subject: 'Set a new password', link: 'here' });
    return messages;
  });
  expect(JSON.stringify(await listMessages())).not.toContain(token);
  const shown = await showLink(newest?.id);
  expect(shown.body.data.link).toBe(`http://dashboard.localhost/reset-password#${token}`);
  const audit = await dashboard.send<AdminAuditAnswer>('/api/admin/audit', { as: admin });
  expect(audit.body.data[0]).toMatchObject({ kind: 'show_link', actor_id: admin.id, target_id: person.id });
  // Who is not an administrator any more when it is read, is as anybody.
  expect((await dashboard.send('/api/admin/messages', { as: person })).status).toBe(404);
});

test('mail: no administrator is shown what opens an administrator’s account, or one that is to become one', async () => {
  const second = await dashboard.signUp('deputy');
  const captain = await dashboard.signUp('captain');
  const before = await dashboard.signUp('crowned');
  for (const person of [admin, second, captain, before]) await requestReset(person);
  // Also where the message is older than the role.
  for (const person of [second, before]) await dashboard.promote(person);
  const officials = [admin, second, captain, before].map(({ email }) => email);
  const messages = await vi.waitFor(async () => {
    const found = (await listMessages()).filter(({ to }) => officials.includes(to));
    // Each was asked to confirm the address, and for a new password.
    expect(found).toHaveLength(2 * officials.length);
    return found;
  });
  for (const { id, to, link } of messages) {
    expect(link, `of ${to}`).toBe('terminal');
    expect((await showLink(id)).status, `of ${to}`).toBe(404);
  }
  expect((await showLink(0)).status).toBe(404);
});

test('mail: an administrator who looked at a link is no second one for whom it opens', async () => {
  const helper = await dashboard.signUp('helper');
  await requestReset(helper);
  const message = await vi.waitFor(async () => {
    const found = (await listMessages()).find(({ to, subject }) => to === helper.email && subject.includes('password'));
    if (found === undefined) throw new Error('The message is not kept yet.');
    return found;
  });
  await showLink(message.id);
  await dashboard.promote(helper);
  const asked = await dashboard.send<{ data: null }>(`/api/admin/users/${(await dashboard.signUp('rich')).id}/coins`, {
    as: admin,
    body: { amount: 500_000, reason: 'A lot' },
  });
  expect(asked.status).toBe(202);
  const waiting = await dashboard.send<{ data: { id: number }[] }>('/api/admin/approvals', { as: helper });
  const decided = await dashboard.send(`/api/admin/approvals/${waiting.body.data[0]?.id}`, {
    as: helper,
    body: { approve: true, reason: 'Agreed' },
  });
  expect(decided.status).toBe(403);
});

test('mail: a bounded number of messages is kept, newest first', async () => {
  const messages = createShownMessages(dashboard.database.pool, [], SEAL);
  for (let index = 0; index < 55; index += 1) {
    await messages.keep({ ...MESSAGE, userId: admin.id, to: `crowd${index}@example.test` });
  }
  const listed = await listMessages();
  expect(listed[0]?.to).toBe('crowd54@example.test');
  expect(listed).toHaveLength(50);
  const { rows } = await dashboard.database.pool.query(`SELECT count(*)::int AS n FROM dashboard_messages`);
  expect(rows).toEqual([{ n: 50 }]);
});
