import { useId, type ReactNode, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors.js';
import { signInHref } from '../../api/session.js';
import { POSSIBLE } from '../../api/triage.js';
import { RESOLUTIONS, type Problem, type Triage, type TriageEntry } from '../../api/types.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { MOST_ASSIGNEE, MOST_COMMENT, readDraft, type AssignTo, type Draft } from './draft.js';
import timeline from './timeline.module.css';
import { Entry } from './Timeline.js';
import styles from './triage.module.css';

interface TriageDialogProps {
  problem: Problem;
  /** The person's name. */
  me: string;
  open: boolean;
  draft: Draft;
  /** What others did since the dialog was opened. */
  meanwhile: readonly TriageEntry[];
  /** Why it could not be saved, if it could not. */
  error: Error | null;
  onChange: (draft: Draft) => void;
  onSend: (said: Triage) => void;
  onClose: () => void;
}

/** Asks what an action needs, says what it does, and shows what happened meanwhile. */
export function TriageDialog(props: TriageDialogProps): ReactNode {
  const { problem, me, open, draft, meanwhile, error, onChange, onSend, onClose } = props;
  const { t } = useTranslation(['problems', 'common', 'terms']);
  const form = useId();
  const read = readDraft(draft, me);
  const possible = POSSIBLE[problem.status].includes(draft.action);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if ('said' in read && possible) onSend(read.said);
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t(`dialog.${draft.action}.title`)}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button
            type="submit"
            form={form}
            look="primary"
            disabled={!('said' in read) || !possible}
            data-first-focus={draft.action === 'acknowledge' || undefined}
          >
            {t(`terms:action.${draft.action}`)}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={styles.form}
        onSubmit={submit}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
        }}
      >
        {error !== null && <Fault error={error} />}
        {meanwhile.length > 0 && <Meanwhile entries={meanwhile} />}
        {!possible && <p role="status">{t('noLongerPossible', { status: t(`terms:status.${problem.status}`) })}</p>}
        <p>{t(`dialog.${draft.action}.text`)}</p>
        {draft.action === 'assign' && <Assignee draft={draft} me={me} onChange={onChange} />}
        {draft.action === 'resolve' && <Reasons draft={draft} onChange={onChange} />}
        <label className={styles.field}>
          {t(draft.action === 'comment' ? 'comment' : 'commentOptional')}
          <textarea
            rows={3}
            maxLength={MOST_COMMENT}
            value={draft.comment}
            required={draft.action === 'comment'}
            data-first-focus={draft.action === 'comment' || draft.action === 'reopen' || undefined}
            onChange={(event) => onChange({ ...draft, comment: event.target.value })}
          />
        </label>
        <p className="muted small">{t('kept')}</p>
      </form>
    </Dialog>
  );
}

function Fault({ error }: { error: Error }): ReactNode {
  const { t } = useTranslation(['problems', 'common']);
  const conflict = error instanceof ApiError && error.status === 409;
  return (
    <div className={styles.fault} role="alert">
      <p>{conflict ? t('conflict') : t('notSaved')}</p>
      {error instanceof ApiError && error.status === 401 && <a href={signInHref()}>{t('common:state.signIn')}</a>}
      <p className="small" lang="en">
        {error.message}
      </p>
    </div>
  );
}

function Meanwhile({ entries }: { entries: readonly TriageEntry[] }): ReactNode {
  const { t } = useTranslation('problems');
  return (
    <div className={styles.meanwhile} role="status">
      <p>
        <strong>{t('meanwhile')}</strong>
      </p>
      <ol className={timeline.timeline}>
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
    </div>
  );
}

interface PartProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
}

function Assignee({ draft, me, onChange }: PartProps & { me: string }): ReactNode {
  const { t } = useTranslation('problems');
  const name = useId();
  const choices: AssignTo[] = ['me', 'other', 'nobody'];
  return (
    <fieldset className={styles.choices}>
      <legend>{t('assignTo')}</legend>
      {choices.map((choice) => (
        <label key={choice} className={styles.choice}>
          <input
            type="radio"
            name={name}
            checked={draft.assignTo === choice}
            data-first-focus={draft.assignTo === choice || undefined}
            onChange={() => onChange({ ...draft, assignTo: choice })}
          />
          <span>{t(`to.${choice}`, { name: me })}</span>
        </label>
      ))}
      {draft.assignTo === 'other' && (
        <label className={styles.field}>
          {t('assigneeName')}
          <input
            type="text"
            autoComplete="off"
            maxLength={MOST_ASSIGNEE}
            required
            value={draft.other}
            onChange={(event) => onChange({ ...draft, other: event.target.value })}
          />
        </label>
      )}
    </fieldset>
  );
}

function Reasons({ draft, onChange }: PartProps): ReactNode {
  const { t } = useTranslation(['problems', 'terms']);
  const name = useId();
  return (
    <fieldset className={styles.choices}>
      <legend>{t('reason')}</legend>
      {RESOLUTIONS.map((reason, index) => (
        <label key={reason} className={styles.choice}>
          <input
            type="radio"
            name={name}
            required
            checked={draft.reason === reason}
            data-first-focus={index === 0 || undefined}
            onChange={() => onChange({ ...draft, reason })}
          />
          <span>
            <strong>{t(`terms:resolution.${reason}`)}</strong>
            <span className="muted small">{t(`terms:resolutionText.${reason}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
