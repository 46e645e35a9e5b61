'use client';

import { useState } from 'react';
import { Page } from '@/components/Page';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { post } from '@/lib/api';
import { showSuccess } from '@/lib/toast';
import { useAuthStore, type AuthUser } from '@/stores/user-store';

export default function Settings() {
  const { updateUserData } = useAuthStore();
  const [name, setName] = useState('');

  const handleSave = async () => {
    const { success, user } = await post<{ user: AuthUser }>('/api/user/update-profile', { first_name: name });
    if (!success) return;
    updateUserData(user);
    showSuccess('Saved');
  };

  return (
    <Page title="Settings" subtitle="Your profile">
      <Card title="Profile">
        <Field label="First name" value={name} onChange={(event) => setName(event.target.value)} />
        <Button className="self-start" onClick={() => void handleSave()}>
          Save
        </Button>
      </Card>
    </Page>
  );
}
