import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery, useMayTriage, useTriage } from '../../api/queries.js';
import { POSSIBLE } from '../../api/triage.js';
import type { Problem, Triage, TriageAction } from '../../api/types.js';
import { useShortcut } from '../../keyboard/shortcuts.js';
import { Button } from '../../ui/Button.js';
import { useToast } from '../../ui/Toast.js';
import { draftOf, type Draft } from './draft.js';
import { TriageDialog } from './TriageDialog.js';
import { unsentComment } from './unsent.js';

const KEYS: Record<TriageAction, string> = {
  acknowledge: 'a',
  assign: 's',
  comment: 'c',
  resolve: 'e',
  reopen: 'w',
};

/** What the person can do about a problem; nothing for who may only look. */
export function TriageDesk({ problem }: { problem: Problem }): ReactNode {
  const { data: me } = useQuery(meQuery());
  const may = useMayTriage();
  return me !== undefined && may ? <Actions problem={problem} me={me.name} /> : null;
}

function Actions({ problem, me }: { problem: Problem; me: string }): ReactNode {
  const { t } = useTranslation(['problems', 'terms']);
  const say = useToast();
  const triage = useTriage(problem.id);
  const unsent = unsentComment(problem.id);
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState<Draft>(draftOf('comment'));
  /** How much the person had seen done when the dialog opened: what is more came meanwhile. */
  const [seen, setSeen] = useState(0);
  const start = (action: TriageAction): void => {
    triage.reset();
    setDraft({ ...draftOf(action, problem.assignee === me ? 'nobody' : 'me'), comment: unsent.read() });
    setSeen(problem.triage.length);
    setOpen(true);
  };
  const send = (said: Triage): void => {
    setSeen(problem.triage.length);
    setOpen(false);
    // What came since is not in the dialog: the api then refuses, and the dialog opens again with it.
    triage.mutate(
      { ...said, seen: problem.triage.length },
      {
        onSuccess: () => {
          unsent.keep('');
          say(t(`saved.${said.action}`));
        },
        // With all that was typed: nothing is lost.
        onError: () => setOpen(true),
      },
    );
  };
  return (
    <>
      {POSSIBLE[problem.status].map((action, index) => (
        <ActionButton
          // By its place: the focus, which the dialog gives back, stays where it was.
          key={index}
          action={action}
          main={index === 0 && problem.status !== 'resolved'}
          disabled={triage.isPending}
          onPress={() => start(action)}
        />
      ))}
      <TriageDialog
        problem={problem}
        me={me}
        open={open}
        draft={draft}
        meanwhile={problem.triage.slice(seen)}
        error={triage.error}
        onChange={(changed) => {
          unsent.keep(changed.comment);
          setDraft(changed);
        }}
        onSend={send}
        onClose={() => setOpen(false)}
      />
    </>
  );
}

interface ActionButtonProps {
  action: TriageAction;
  main: boolean;
  disabled: boolean;
  onPress: () => void;
}

function ActionButton({ action, main, disabled, onPress }: ActionButtonProps): ReactNode {
  const { t } = useTranslation(['problems', 'terms']);
  const label = t(`terms:action.${action}`);
  useShortcut({ keys: [KEYS[action]], label, group: 'thisView', run: () => !disabled && onPress() });
  return (
    <Button
      look={main ? 'primary' : 'plain'}
      aria-disabled={disabled}
      aria-keyshortcuts={KEYS[action]}
      onClick={() => !disabled && onPress()}
    >
      {label}
    </Button>
  );
}
