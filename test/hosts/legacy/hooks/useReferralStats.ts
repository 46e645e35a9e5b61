import { useState } from 'react';
import { post } from '@/lib/api';
import { useAuthStore } from '@/stores/user-store';

/** The host's own hook: it writes the balance that the answer names into the copy of the coins. */
export function useReferralStats() {
  const updateUserData = useAuthStore((state) => state.updateUserData);
  const [claimed, setClaimed] = useState<number | null>(null);

  const claim = async () => {
    const { success, data } = await post<{ data: { total_claimed: number; new_balance: number } }>(
      '/api/referrals/claim',
      { claim_type: 'all' },
    );
    if (!success) return;
    updateUserData({ coins: data.new_balance });
    setClaimed(data.total_claimed);
  };

  return { claimed, claim };
}
