import type { Translated } from '../catalogue.js';
import type { duties as English } from '../en/duties.js';

export const duties: Translated<typeof English> = {
  title: 'Plikter',
  lead: 'Det som forfaller innen 30 dager: henvendelser som skal besvares, og opplysninger som skal slettes. Det som ikke gjøres i tide, blir et brudd.',
  dueToday: 'I dag',
  overdueBy_one: '{{number}} dag over fristen',
  overdueBy_other: '{{number}} dager over fristen',
  daysLeft_one: '{{number}} dag igjen',
  daysLeft_other: '{{number}} dager igjen',
  asOf: 'Beregnet',
  notYet: 'Ikke sett på ennå',
  notYetHint:
    'Revisoren lager oversikten over plikter få minutter etter at den har startet. Hvis den forblir tom, sjekk at revisoren kjører.',
  stale: 'Dette er gammelt: revisoren henger etter med meldingene, eller kjører ikke.',
  filter: 'Type plikt',
  allKinds: 'Alle typer',
  short: {
    'request-overdue': 'Henvendelser',
    'retention-overdue': 'Lagringstid',
    'erasure-overdue': 'Tilbaketrekking',
  },
  chart: 'Forfall per dag',
  chartNote: 'Saker etter dagen de forfaller.',
  list: 'Det som forfaller, det nærmeste først',
  empty: 'Ingenting forfaller',
  emptyHint: 'Ingen henvendelse, lagringstid eller sletting forfaller innen 30 dager.',
  columns: {
    due: 'Forfaller',
    left: 'Tid igjen',
    duty: 'Plikt',
    controller: 'Behandlingsansvarlig',
    purpose: 'Formål',
    count: 'Saker',
  },
  overdue: 'Forfalt',
  overdueLead:
    'Det som ikke ble gjort i tide, også der det ble gjort for sent. Noe av det, det uavklarte, må mennesker vurdere om var en plikt.',
  nothingOverdue: 'Ingenting er forfalt.',
  allOverdue: 'Alle forfalte plikter',
  kind: {
    'request-overdue': 'Henvendelser ikke besvart i tide',
    'retention-overdue': 'Opplysninger lagret for lenge',
    'erasure-overdue': 'Ikke slettet etter tilbaketrekking',
  },
  who: 'Hvem det gjelder',
  whoText:
    'Navn ligger i hvelvet og vises aldri på denne siden. En etterforsker henter dem med kommandoen under; hvert oppslag, med hvem som slo opp og begrunnelsen, føres selv i loggen.',
  whoReason: 'hvorfor du må vite det',
  command: 'kommandoen',
};
