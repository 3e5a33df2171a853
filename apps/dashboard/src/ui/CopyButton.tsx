import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.js';
import { useToast } from './Toast.js';

/** ms that the tick stays. */
const SHOWN = 2_000;

/** Copies a text, such as a digest or an id. `what` names it for those who do not see it. */
export function CopyButton({ text, what }: { text: string; what: string }): ReactNode {
  const { t } = useTranslation();
  const say = useToast();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    say(t('copied'));
  };
  return (
    <Button look="quiet" icon aria-label={t('copyWhat', { what })} onClick={() => void copy()}>
      {copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
    </Button>
  );
}
