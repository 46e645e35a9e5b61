import { useTranslations } from 'next-intl';
import { Search } from 'lucide-react';
import { Input } from '@/components/credits/ui/input';
import { Button } from '@/components/ui/button';

interface TextSearchProps {
  defaultValue: string | undefined;
  label: string;
  placeholder: string;
}

/** The field `q` of a form of filters, with the button that sends it. */
export function TextSearch({ defaultValue, label, placeholder }: TextSearchProps) {
  const t = useTranslations('shell');
  return (
    <div className="flex flex-1 basis-72 gap-3">
      <div className="relative flex-1">
        <Search aria-hidden className="absolute top-1/2 start-3 size-4 -translate-y-1/2 text-muted-foreground" />
        <Input
          name="q"
          type="search"
          defaultValue={defaultValue}
          maxLength={100}
          aria-label={label}
          placeholder={placeholder}
          className="ps-9"
        />
      </div>
      <Button type="submit" variant="secondary">
        {t('search')}
      </Button>
    </div>
  );
}
