import type { Metadata } from 'next';

import { CreateServerPage } from '@/components/servers/create-server-page';

export const metadata: Metadata = { title: 'New server' };

export default CreateServerPage;
