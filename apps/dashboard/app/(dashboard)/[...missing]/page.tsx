import { notFound } from 'next/navigation';

/**
 * Every address that is none. It ends inside the frame, as an administrator's page does for everybody else, so that
 * nobody can tell one from the other.
 */
export default function MissingPage() {
  notFound();
}
