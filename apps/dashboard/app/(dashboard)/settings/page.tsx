import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { LanguageChoice } from '@/components/i18n/language-choice';
import { Messages } from '@/components/i18n/messages';
import { CloseAccountCard } from '@/components/settings/close-account-card';
import { EmailCard } from '@/components/settings/email-card';
import { FirstPasswordCard } from '@/components/settings/first-password-card';
import { LinkedCard } from '@/components/settings/linked-card';
import { MessagesCard } from '@/components/settings/messages-card';
import { PasskeysCard } from '@/components/settings/passkeys-card';
import { PasswordForm } from '@/components/settings/password-form';
import { ProfileForm } from '@/components/settings/profile-form';
import { describeBrowser } from '@/components/settings/describe-browser';
import { SessionsCard, type SessionView } from '@/components/settings/sessions-card';
import { SecondFactorCard } from '@/components/settings/second-factor-card';
import { PageHeader } from '@/components/shell/page-header';
import { UserNameCard } from '@/components/settings/user-name-card';
import { ThemeChoice } from '@/components/theme/theme-switch';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { OwnSessionsAnswer, SignInWaysAnswer } from '@/lib/api';
import { readRoute, requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('settings'))('title') };
}

interface SettingsPageProps {
  searchParams: Promise<{ social?: string | string[] }>;
}

export default async function SettingsPage({ searchParams }: SettingsPageProps) {
  const { social } = await searchParams;
  const t = await getTranslations('settings');
  const tShell = await getTranslations('shell');
  const { user } = await requireViewer();
  const { data: ways } = await readRoute<SignInWaysAnswer>('/api/user/sign-in');
  const sessions = await readSessions();
  return (
    <div className="mx-auto grid w-full max-w-3xl gap-8">
      <PageHeader title={t('title')}>{t('text')}</PageHeader>
      <Messages areas={['auth', 'errors', 'settings']}>
        <div className="grid gap-5">
          <ProfileForm key={user.updated_at} user={user} />
          <UserNameCard key={user.username} username={user.username} lockedUntil={toLock(user.username_changes_at)} />
          <Card>
            <CardHeader>
              <CardTitle>{tShell('theme.title')}</CardTitle>
              <CardDescription>{t('themeText')}</CardDescription>
            </CardHeader>
            <CardContent>
              <ThemeChoice />
            </CardContent>
          </Card>
          <Card>
            <CardHeader>
              <CardTitle>{tShell('language.title')}</CardTitle>
              <CardDescription>{tShell('language.text')}</CardDescription>
            </CardHeader>
            <CardContent>
              <LanguageChoice next="/settings" />
            </CardContent>
          </Card>
          <EmailCard email={user.email} verified={user.verified} />
          <MessagesCard on={user.balance_messages} verified={user.verified} />
          {ways.has_password ? <PasswordForm email={user.email} /> : <FirstPasswordCard email={user.email} />}
          <PasskeysCard
            passkeys={ways.passkeys}
            hasPassword={ways.has_password}
            browser={sessions.find(({ current }) => current)?.browser ?? ''}
          />
          <SecondFactorCard on={ways.second_factor} />
          <LinkedCard ways={ways} offered={getRuntime().facts.socialProviders} refused={social === 'refused'} />
          <SessionsCard sessions={sessions} />
          {user.role === 0 ? null : <CloseAccountCard />}
        </div>
      </Messages>
    </div>
  );
}

/** Null once the instant is over. */
function toLock(changesAt: string | null): string | null {
  return changesAt !== null && Date.parse(changesAt) > Date.now() ? changesAt : null;
}

/** This one first, then the newest. */
async function readSessions(): Promise<SessionView[]> {
  const t = await getTranslations('settings.browser');
  const { data } = await readRoute<OwnSessionsAnswer>('/api/user/sessions');
  return data
    .toSorted((a, b) => Number(b.current) - Number(a.current) || b.created_at.localeCompare(a.created_at))
    .map(({ id, user_agent: userAgent, created_at: createdAt, current }) => ({
      id,
      browser: describeBrowser(userAgent, t),
      createdAt,
      current,
    }));
}
