/** The page's keyboard shortcuts: one listener, and a list of what is there for the help. */
import { createContext, use, useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { preferences } from '../app/preferences.js';
import { matching, pressed, type Press } from './sequence.js';

export type ShortcutGroup = 'everywhere' | 'lists' | 'thisView';

export interface Shortcut {
  /** Keys as `KeyboardEvent.key` has them, separated by a space; several ways of saying it, the first is shown first. */
  readonly keys: readonly string[];
  /** Keys to name in the help, where others do the same in a narrower place. */
  readonly also?: string;
  /** What it does, in the language of the page. */
  readonly label: string;
  readonly group: ShortcutGroup;
  readonly run: () => void;
}

interface Registry {
  readonly shortcuts: ReadonlySet<Shortcut>;
  readonly add: (shortcut: Shortcut) => () => void;
}

const Shortcuts = createContext<Registry | null>(null);

export function ShortcutProvider({ children }: { children: ReactNode }): ReactNode {
  const [shortcuts, setShortcuts] = useState<ReadonlySet<Shortcut>>(new Set());
  const [add] = useState(() => (shortcut: Shortcut) => {
    setShortcuts((known) => new Set(known).add(shortcut));
    return () => setShortcuts((known) => new Set([...known].filter((other) => other !== shortcut)));
  });
  const onPresses = useEffectEvent((presses: readonly Press[]): boolean => {
    // What was added last wins: a view goes before the page.
    const all = [...shortcuts].reverse().flatMap((shortcut) => shortcut.keys.map((keys) => ({ keys, shortcut })));
    const match = matching(
      all.map(({ keys }) => keys),
      presses,
    );
    const found = all.find(({ keys }) => keys === match);
    found?.shortcut.run();
    return found !== undefined;
  });
  useEffect(() => {
    let presses: Press[] = [];
    const listen = (event: KeyboardEvent): void => {
      if (preferences().keys === 'off' || !isForPage(event)) return;
      presses = pressed(presses, { key: event.key, at: event.timeStamp });
      if (!onPresses(presses)) return;
      presses = [];
      event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  return <Shortcuts value={{ shortcuts, add }}>{children}</Shortcuts>;
}

/** A shortcut for as long as the component is there. `keys` and `group` do not change. */
export function useShortcut({ keys, also, label, group, run }: Shortcut): void {
  const add = use(Shortcuts)?.add;
  const latest = useEffectEvent(run);
  const spelled = keys.join('|');
  useEffect(
    () => add?.({ keys: spelled.split('|'), ...(also && { also }), label, group, run: () => latest() }),
    [add, spelled, also, label, group],
  );
}

export function useShortcuts(): readonly Shortcut[] {
  return [...(use(Shortcuts)?.shortcuts ?? [])];
}

/** Not what is typed into a field, done with a modifier, or meant for an open menu or dialog. */
function isForPage(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.key === 'Shift') return false;
  if (!(event.target instanceof Element)) return true;
  const elsewhere = 'input:not([type=radio], [type=checkbox]), textarea, select, dialog, [role=menu], [role=dialog]';
  return event.target.closest(elsewhere) === null && document.querySelector('dialog[open]') === null;
}
