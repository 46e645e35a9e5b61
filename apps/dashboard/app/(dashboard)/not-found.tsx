import { MissingPage } from '@/components/states/missing-page';

export default function NotFoundPage() {
  return <MissingPage />;
}
