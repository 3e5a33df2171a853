import { X } from 'lucide-react';
import { Toast } from 'radix-ui';
import { createContext, use, useCallback, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.js';
import styles from './toast.module.css';

interface Message {
  readonly id: number;
  readonly text: string;
  readonly error: boolean;
}

type Say = (text: string, kind?: 'done' | 'error') => void;

const ToastContext = createContext<Say>(() => undefined);

/** Says in passing what was done or went wrong; read out by screen readers. */
export const useToast = (): Say => use(ToastContext);

export function ToastProvider({ children }: { children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const last = useRef(0);
  const say = useCallback<Say>((text, kind = 'done') => {
    const id = ++last.current;
    setMessages((all) => [...all, { id, text, error: kind === 'error' }]);
  }, []);
  const drop = (id: number): void => setMessages((all) => all.filter((message) => message.id !== id));
  return (
    <ToastContext value={say}>
      <Toast.Provider>
        {children}
        {messages.map(({ id, text, error }) => (
          <Toast.Root
            key={id}
            className={`${styles.toast} ${error ? styles.error : ''}`}
            type={error ? 'foreground' : 'background'}
            onOpenChange={(open) => !open && drop(id)}
          >
            <Toast.Description>{text}</Toast.Description>
            <Toast.Close asChild>
              <Button look="quiet" icon aria-label={t('close')}>
                <X size={16} aria-hidden />
              </Button>
            </Toast.Close>
          </Toast.Root>
        ))}
        <Toast.Viewport className={styles.viewport} />
      </Toast.Provider>
    </ToastContext>
  );
}
