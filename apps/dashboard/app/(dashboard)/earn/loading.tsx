import { PageSkeleton } from '@/components/states/page-skeleton';

export default function LoadingPage() {
  return <PageSkeleton />;
}
