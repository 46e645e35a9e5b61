'use client';
import { Download } from 'lucide-react';
import { useTranslations } from 'next-intl';

import { CopyButton } from '@/components/copy-button';
import {
  DialogClose,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/credits/ui/dialog';
import { Button } from '@/components/ui/button';

/** Inside a dialog: the codes for when the app is lost. They are shown this once. */
export function BackupCodes({ codes }: { codes: readonly string[] }) {
  const t = useTranslations('settings.backupCodes');
  const text = `${codes.join('\n')}\n`;
  return (
    <div className="grid gap-5">
      <DialogHeader>
        <DialogTitle>{t('title')}</DialogTitle>
        <DialogDescription>{t('text')}</DialogDescription>
      </DialogHeader>
      <ul dir="ltr" className="grid grid-cols-2 gap-x-4 gap-y-2 rounded-lg border bg-muted/40 p-4 font-mono text-sm">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <DialogFooter className="sm:justify-between">
        <div className="flex gap-2">
          <CopyButton text={text} label={t('copy')} />
          <Button asChild variant="secondary">
            <a href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`} download="backup-codes.txt">
              <Download /> {t('download')}
            </a>
          </Button>
        </div>
        <DialogClose asChild>
          <Button>{t('done')}</Button>
        </DialogClose>
      </DialogFooter>
    </div>
  );
}
