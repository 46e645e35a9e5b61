import { notFound } from 'next/navigation';

/**
 * Every unknown address. It ends inside the frame, as an administrator's page does for other users: nobody can tell one
 * from the other.
 */
export default function MissingPage() {
  notFound();
}
