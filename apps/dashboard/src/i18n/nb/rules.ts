import type { Translated } from '../catalogue.js';
import type { rules as English } from '../en/rules.js';

export const rules: Translated<typeof English> = {
  'controller-unknown': {
    title: 'Ukjent behandlingsansvarlig',
    text: 'Det finnes ikke noe register for selskapet hendelsen nevner, så det er ingenting å holde den opp mot.',
  },
  'register-not-in-force': {
    title: 'Før erklæringen gjaldt',
    text: 'Hendelsen skjedde før noen versjon av erklæringen gjaldt.',
  },
  'clock-implausible': {
    title: 'Usannsynlig klokkeslett',
    text: 'Hendelsen påstår å ha skjedd mer enn fem minutter etter at den ble registrert.',
  },
  'facts-exceeded': {
    title: 'For mye historikk å vurdere',
    text: 'Det er kjent mer om denne personen enn det som leses ved vurderingen, så et menneske må se på det.',
  },
  'purpose-undeclared': {
    title: 'Formålet er ikke oppgitt',
    text: 'Opplysninger ble brukt til et formål som erklæringen ikke nevner.',
  },
  'basis-undeclared': {
    title: 'Behandlingsgrunnlaget er ikke oppgitt',
    text: 'Erklæringen oppgir grunnlag for dette formålet, og det som påberopes, er ikke blant dem.',
  },
  'basis-not-stated': {
    title: 'Erklæringen oppgir ikke grunnlag',
    text: 'Erklæringen nevner ikke noe grunnlag for dette formålet, og det som påberopes, er ikke det antatte.',
  },
  'basis-not-applicable': {
    title: 'Grunnlaget gjelder ikke her',
    text: 'Grunnlaget er oppgitt for formålet, men ikke under disse omstendighetene.',
  },
  'relationship-required': {
    title: 'Ikke noe kundeforhold',
    text: 'Grunnlaget forutsetter et kundeforhold som personen ikke har, eller ikke lenger har.',
  },
  'category-undeclared': {
    title: 'Opplysningstypen er ikke oppgitt',
    text: 'Det ble brukt en type opplysninger som erklæringen ikke nevner for dette formålet.',
  },
  'category-excluded': {
    title: 'Opplysninger selskapet sier det aldri har',
    text: 'Det ble brukt en type opplysninger som erklæringen sier aldri samles inn.',
  },
  'category-condition-unmet': {
    title: 'Vilkår for opplysningene er ikke oppfylt',
    text: 'Erklæringen tillater denne typen bare på et vilkår, og hendelsen viser at det ikke er oppfylt.',
  },
  'judgement-required': {
    title: 'Krever et menneskes skjønn',
    text: 'Erklæringen overlater det til mennesker å vurdere; en begrunnelse er oppgitt, og noen må veie den.',
  },
  'consent-missing': {
    title: 'Samtykke mangler',
    text: 'Hendelsen bygger på samtykke, og det er aldri gitt noe for dette formålet.',
  },
  'consent-withdrawn': {
    title: 'Samtykket er trukket tilbake',
    text: 'Hendelsen bygger på et samtykke som personen allerede hadde trukket tilbake.',
  },
  'consent-not-specific': {
    title: 'Samtykket er ikke spesifikt',
    text: 'Det er registrert et samtykke som ikke nevner noe formål, så det dekker ingen.',
  },
  'objection-ignored': {
    title: 'Protest ikke fulgt',
    text: 'Personen hadde protestert, og opplysningene ble brukt likevel.',
  },
  'objection-overridden': {
    title: 'Protest satt til side',
    text: 'Personen hadde protestert; en tvingende grunn er oppgitt, og noen må veie den.',
  },
  'restriction-ignored': {
    title: 'Begrensning ikke fulgt',
    text: 'Behandlingen av personens opplysninger var begrenset, og de ble brukt likevel.',
  },
  'retention-exceeded': {
    title: 'Opplysninger lagret for lenge',
    text: 'Opplysningene som ble brukt, var eldre enn erklæringen lar dem lagres for dette formålet.',
  },
  'recipient-undeclared': {
    title: 'Mottakeren er ikke oppgitt',
    text: 'Opplysninger gikk til en mottaker som erklæringen ikke nevner for dette formålet.',
  },
  'recipient-use-undeclared': {
    title: 'Mottakeren bruker mer enn oppgitt',
    text: 'Mottakeren er oppgitt, men bruker opplysningene til mer enn det som er oppgitt.',
  },
  'recipient-condition-unmet': {
    title: 'Vilkår for mottakeren er ikke oppfylt',
    text: 'Erklæringen tillater mottakeren bare på et vilkår, som ikke er oppfylt.',
  },
  'undertaking-missing': {
    title: 'Forpliktelse mangler',
    text: 'Mottakeren har ikke gitt den forpliktelsen som erklæringen lover.',
  },
  'transfer-undeclared': {
    title: 'Overføringen er ikke oppgitt',
    text: 'Opplysninger forlot EØS, og erklæringen sier ingenting om overføringer.',
  },
  'transfer-not-permitted': {
    title: 'Overføring uten tillatt grunnlag',
    text: 'Opplysninger forlot EØS på et grunnlag som mangler, eller som erklæringen ikke tillater.',
  },
  'event-unreadable': {
    title: 'Uleselig melding',
    text: 'Meldingen kan ikke dekodes, eller bryter reglene i skjemaet sitt.',
  },
  'request-overdue': {
    title: 'Henvendelse besvart for sent eller ikke',
    text: 'En persons henvendelse ble ikke besvart innen den tiden erklæringen gir.',
  },
  'retention-overdue': {
    title: 'Ikke slettet i tide',
    text: 'Den oppgitte lagringstiden er ute, og ingen sletting eller anonymisering er registrert.',
  },
  'erasure-overdue': {
    title: 'Ikke slettet etter tilbaketrekking',
    text: 'Samtykket ble trukket tilbake, og opplysningene ble ikke slettet innen den tiden erklæringen gir.',
  },
};
