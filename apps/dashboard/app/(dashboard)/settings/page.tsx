import type { Metadata } from 'next';

import { CloseAccountCard } from '@/components/settings/close-account-card';
import { PasswordForm } from '@/components/settings/password-form';
import { ProfileForm } from '@/components/settings/profile-form';
import { describeBrowser } from '@/components/settings/describe-browser';
import { SessionsCard, type SessionView } from '@/components/settings/sessions-card';
import { PageHeader } from '@/components/shell/page-header';
import { ThemeChoice } from '@/components/theme/theme-switch';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { readRoute, requireViewer } from '@/lib/viewer';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage() {
  const { user } = await requireViewer();
  return (
    <div className="mx-auto grid w-full max-w-3xl gap-8">
      <PageHeader title="Settings">Who you are here, how it looks, and where you are signed in.</PageHeader>
      <div className="grid gap-5">
        <ProfileForm key={user.updated_at} user={user} />
        <Card>
          <CardHeader>
            <CardTitle>Theme</CardTitle>
            <CardDescription>Kept in this browser.</CardDescription>
          </CardHeader>
          <CardContent>
            <ThemeChoice />
          </CardContent>
        </Card>
        <PasswordForm email={user.email} />
        <SessionsCard sessions={await readSessions()} />
        {user.role === 0 ? null : <CloseAccountCard />}
      </div>
    </div>
  );
}

interface StoredSession {
  id: string;
  token: string;
  userAgent?: string | null;
  createdAt: string;
}

async function readSessions(): Promise<SessionView[]> {
  const [sessions, current] = await Promise.all([
    readRoute<StoredSession[]>('/api/auth/list-sessions'),
    readRoute<{ session: { id: string } } | null>('/api/auth/get-session'),
  ]);
  return sessions
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
    .map(({ id, userAgent, createdAt }) => ({
      id,
      browser: describeBrowser(userAgent),
      createdAt,
      current: id === current?.session.id,
    }))
    .toSorted((a, b) => Number(b.current) - Number(a.current));
}
