'use client';
import { Check, Copy } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';

import { Button } from '@/components/ui/button';
import { copyText } from '@/lib/copy-text';
import { showError } from '@/lib/toast';

const COPIED_SHOWN_MS = 2_000;

interface CopyButtonProps {
  text: string;
  label: string;
  /** An icon alone, for the corner of what it copies. */
  compact?: boolean;
}

/** Copies a text, and says so for two seconds. */
export function CopyButton({ text, label, compact = false }: CopyButtonProps) {
  const t = useTranslations('shell.copy');
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  async function handleCopy() {
    try {
      await copyText(text);
      setCopied(true);
    } catch {
      showError(t('failed'), t('byHand'));
    }
  }

  const icon = copied ? <Check className="text-success" /> : <Copy />;
  if (compact) {
    return (
      <>
        <Button
          variant="ghost"
          size="icon-sm"
          className="bg-card text-muted-foreground hover:text-foreground"
          onClick={() => void handleCopy()}
          aria-label={label}
        >
          {icon}
        </Button>
        <span role="status" className="sr-only">
          {copied ? t('copied') : ''}
        </span>
      </>
    );
  }
  return (
    <Button variant="secondary" onClick={() => void handleCopy()} aria-label={label}>
      {icon}
      <span className="min-w-12 text-start" aria-live="polite">
        {t(copied ? 'copied' : 'copy')}
      </span>
    </Button>
  );
}
