import { cn } from '@/lib/utils';

/** A person as two letters. No pictures are loaded: what others chose as their picture is none of this page's business. */
function Avatar({ name, className }: { name: string; className?: string }) {
  const words = name.trim().split(/[\s._-]+/);
  const letters = `${words[0]?.[0] ?? '?'}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`;
  return (
    <span
      aria-hidden
      className={cn(
        'flex size-8 shrink-0 items-center justify-center rounded-full bg-secondary text-xs font-semibold text-secondary-foreground uppercase select-none',
        className,
      )}
    >
      {letters}
    </span>
  );
}

export { Avatar };
