'use client';
import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { Direction } from 'radix-ui';
import { Toaster as Sonner } from 'sonner';

/** Where results of a person's own actions are said. One per page, in the root layout. */
function Toaster() {
  const t = useTranslations('shell.toasts');
  const dir = Direction.useDirection();
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === 'light' ? 'light' : 'dark'}
      position={dir === 'rtl' ? 'bottom-left' : 'bottom-right'}
      duration={5_000}
      dir={dir}
      closeButton
      containerAriaLabel={t('label')}
      icons={{
        success: <CircleCheck className="size-4 text-success" />,
        error: <CircleX className="size-4 text-destructive" />,
        info: <Info className="size-4 text-info" />,
        warning: <TriangleAlert className="size-4 text-muted-foreground" />,
      }}
      toastOptions={{
        closeButtonAriaLabel: t('close'),
        classNames: {
          toast: '!rounded-lg !border-border !bg-popover !text-popover-foreground !font-sans !shadow-xl',
          description: '!text-muted-foreground',
          closeButton: '!bg-popover !border-border !text-muted-foreground',
        },
      }}
    />
  );
}

export { Toaster };
