import type { AdminMessageLinkAnswer, AdminMessagesAnswer } from '../../lib/admin-api.ts';
import type { ServersAnswer } from '../../lib/api.ts';
import { expectCredits, headerDisplay } from '../support/display.ts';
import { expect, openPage, test } from '../support/people.ts';

test('a server by the hour: its cost and the runway before, its page while it runs, and no cost once it is deleted', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 50 });
  const page = await openPage(person, '/servers/new');
  await page.getByRole('radio', { name: /Ember/ }).check({ force: true });
  await page.getByLabel('Server name').fill('Night shift');
  const main = page.getByRole('main');
  await expect(main).toContainText('1,440 in 30 days');
  // 48 credits after the first hour, at 2 per hour, and the hour that is paid.
  await expect(main).toContainText(/Your credits will last until .*, (24|25) h left/);
  await page.getByRole('button', { name: 'Create server' }).click();
  await expect(page.getByRole('heading', { name: '“Night shift” is running' })).toBeVisible({ timeout: 30_000 });
  await expectCredits(page, 48);

  await page.goto('/');
  await expect(page.getByRole('region', { name: 'Cost per hour' })).toContainText(
    /2 credits per hour.*until .*, 2\d h left/,
  );
  await page.getByRole('region', { name: 'Cost per hour' }).getByRole('link', { name: 'Night shift' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Night shift' })).toBeVisible();
  await expect(main).toContainText('Hosting: Night shift, 1 h');

  await page.getByRole('button', { name: 'Delete Night shift' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('Then they last');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL('/servers');
  await expectCredits(page, 48);
  const { data } = (await (await person.request.get('/api/servers')).json()) as ServersAnswer;
  expect(data.burn).toEqual({ per_hour: 0, exhausts_at: null });
});

test('a player with a server by the hour gets one message when the credits run low, and can turn it off', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 60 });
  const admin = await people.admin();
  const read = async () => {
    const { data } = (await (await admin.get('/api/admin/messages')).json()) as AdminMessagesAnswer;
    return data.messages.filter(({ to }) => to === person.email);
  };
  const page = await openPage(person, '/settings');
  await expect(page.getByText('Confirm your e-mail address to receive them.')).toBeVisible();
  await expect.poll(async () => (await read()).length).toBe(1);
  const shown = await admin.post(`/api/admin/messages/${(await read())[0]?.id}`, { data: {} });
  await page.goto(((await shown.json()) as AdminMessageLinkAnswer).data.link);
  await page.getByRole('button', { name: 'Confirm the address' }).click();
  await page.getByRole('link', { name: 'Go to the overview' }).click();

  const order = { name: 'Tide', server_type_id: 'minecraft', server_software_id: 'paper', location_id: 'fsn' };
  await person.request.post('/api/servers/create', { data: { ...order, plan_id: 'ember' } });
  await people.adjust(person, -10);
  const subjects = async () => (await read()).map(({ subject }) => subject);
  await expect.poll(subjects).toEqual(['Your credits run low', 'Confirm your e-mail address']);

  await page.goto('/settings');
  const choice = page.getByRole('checkbox', { name: 'When my credits run low' });
  await expect(choice).toBeChecked();
  await choice.uncheck();
  await expect(page.getByText('We will not write to you')).toBeVisible();
  await people.adjust(person, -48);
  await page.reload();
  await expect(choice).not.toBeChecked();
  expect(await subjects()).toEqual(['Your credits run low', 'Confirm your e-mail address']);
});

test('the number counts down by itself, and says why, how long it lasts and what is not settled yet', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 50 });
  const first = await openPage(person, '/servers/new');
  await first.getByRole('radio', { name: /Ember/ }).check({ force: true });
  await first.getByLabel('Server name').fill('Day shift');
  await first.getByRole('button', { name: 'Create server' }).click();
  await expect(first.getByRole('heading', { name: '“Day shift” is running' })).toBeVisible({ timeout: 30_000 });

  // Where time passes faster: the first hour is paid, and the next credit is due half an hour after it.
  await first.close();
  const page = await person.context.newPage();
  await page.clock.install();
  const stream = page.waitForResponse('**/api/credits/stream');
  await page.goto('/');
  await stream;
  await expectCredits(page, 48);
  // Without a network nothing can be asked. The server's clock is hours behind this page's.
  await person.context.setOffline(true);
  await page.clock.fastForward('01:31:00');
  await expectCredits(page, 47);
  await page.clock.fastForward('01:00:00');
  await expectCredits(page, 45);
  await expect(page.getByRole('main')).toContainText('Includes −3 by the hour');
  await headerDisplay(page).getByRole('button').click();
  const details = page.getByRole('dialog', { name: 'Credits' });
  await expect(details).toContainText(/Day shift.*−2 per hour/);
  await expect(details).toContainText(/Lastsuntil .*left/);
  await expect(details).toContainText(/Since then.*−3/);
});
