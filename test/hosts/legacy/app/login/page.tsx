'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Page } from '@/components/Page';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { showError } from '@/lib/toast';
import { useAuthStore } from '@/stores/user-store';

export default function Login() {
  const router = useRouter();
  const login = useAuthStore((state) => state.login);
  const [identifier, setIdentifier] = useState('');
  const [password, setPassword] = useState('');

  const handleLogin = async () => {
    const { success, message } = await login({ identifier, password });
    if (success) router.push('/');
    else showError(message);
  };

  return (
    <Page title="Sign in">
      <Card title="Account">
        <Field label="Name or e-mail" value={identifier} onChange={(event) => setIdentifier(event.target.value)} />
        <Field
          label="Password"
          type="password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button className="self-start" onClick={() => void handleLogin()}>
          Sign in
        </Button>
      </Card>
    </Page>
  );
}
