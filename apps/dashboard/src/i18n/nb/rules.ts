import type { Translated } from '../catalogue.js';
import type { rules as English } from '../en/rules.js';

export const rules: Translated<typeof English> = {
  'controller-unknown': {
    title: 'Ukjent behandlingsansvarlig',
    text: 'Det finnes ikke noe register for selskapet hendelsen nevner, så det er ingenting å holde den opp mot.',
    question: 'Finnes det et register for den behandlingsansvarlige?',
  },
  'register-not-in-force': {
    title: 'Før erklæringen gjaldt',
    text: 'Hendelsen skjedde før noen versjon av erklæringen gjaldt.',
    question: 'Gjaldt et register da det skjedde?',
  },
  'clock-implausible': {
    title: 'Usannsynlig klokkeslett',
    text: 'Hendelsen påstår å ha skjedd mer enn fem minutter etter at den ble registrert.',
    question: 'Er tidspunktet sannsynlig, holdt opp mot når Kafka fikk hendelsen?',
  },
  'facts-exceeded': {
    title: 'For mye historikk å vurdere',
    text: 'Det er kjent mer om denne personen enn det som leses ved vurderingen, så et menneske må se på det.',
    question: 'Er det ikke mer kjent om personen enn at det kan leses ved vurderingen?',
  },
  'purpose-undeclared': {
    title: 'Formålet er ikke oppgitt',
    text: 'Opplysninger ble brukt til et formål som erklæringen ikke nevner.',
    question: 'Er formålet oppgitt?',
  },
  'basis-undeclared': {
    title: 'Behandlingsgrunnlaget er ikke oppgitt',
    text: 'Erklæringen oppgir grunnlag for dette formålet, og det som påberopes, er ikke blant dem.',
    question: 'Er behandlingsgrunnlaget oppgitt for formålet?',
  },
  'basis-not-stated': {
    title: 'Erklæringen oppgir ikke grunnlag',
    text: 'Erklæringen nevner ikke noe grunnlag for dette formålet, og det som påberopes, er ikke det antatte.',
    question: 'Oppgir erklæringen selv grunnlaget?',
  },
  'basis-not-applicable': {
    title: 'Grunnlaget gjelder ikke her',
    text: 'Grunnlaget er oppgitt for formålet, men ikke under disse omstendighetene.',
    question: 'Er grunnlaget oppgitt for disse omstendighetene?',
  },
  'relationship-required': {
    title: 'Ikke noe kundeforhold',
    text: 'Grunnlaget forutsetter et kundeforhold som personen ikke har, eller ikke lenger har.',
    question: 'Er personen den kunden grunnlaget forutsetter?',
  },
  'category-undeclared': {
    title: 'Opplysningstypen er ikke oppgitt',
    text: 'Det ble brukt en type opplysninger som erklæringen ikke nevner for dette formålet.',
    question: 'Er alle typer opplysninger oppgitt for formålet?',
  },
  'category-excluded': {
    title: 'Opplysninger selskapet sier det aldri har',
    text: 'Det ble brukt en type opplysninger som erklæringen sier aldri samles inn.',
    question: 'Er ingen av opplysningene av en type som selskapet sier det aldri har?',
  },
  'category-condition-unmet': {
    title: 'Vilkår for opplysningene er ikke oppfylt',
    text: 'Erklæringen tillater denne typen bare på et vilkår, og hendelsen viser at det ikke er oppfylt.',
    question: 'Er vilkårene for opplysningstypene oppfylt?',
  },
  'judgement-required': {
    title: 'Krever et menneskes skjønn',
    text: 'Erklæringen overlater det til mennesker å vurdere; en begrunnelse er oppgitt, og noen må veie den.',
    question: 'Er alt i hendelsen noe annet enn det bare mennesker kan vurdere?',
  },
  'consent-missing': {
    title: 'Samtykke mangler',
    text: 'Hendelsen bygger på samtykke, og det er aldri gitt noe for dette formålet.',
    question: 'Ble det gitt samtykke til formålet?',
  },
  'consent-withdrawn': {
    title: 'Samtykket er trukket tilbake',
    text: 'Hendelsen bygger på et samtykke som personen allerede hadde trukket tilbake.',
    question: 'Sto samtykket fortsatt ved lag?',
  },
  'consent-not-specific': {
    title: 'Samtykket er ikke spesifikt',
    text: 'Det er registrert et samtykke som ikke nevner noe formål, så det dekker ingen.',
    question: 'Nevner samtykket formålene det gjelder?',
  },
  'objection-ignored': {
    title: 'Protest ikke fulgt',
    text: 'Personen hadde protestert, og opplysningene ble brukt likevel.',
    question: 'Er det ingen protest som står i veien?',
  },
  'objection-overridden': {
    title: 'Protest satt til side',
    text: 'Personen hadde protestert; en tvingende grunn er oppgitt, og noen må veie den.',
    question: 'Er ingen protest satt til side med en oppgitt begrunnelse?',
  },
  'restriction-ignored': {
    title: 'Begrensning ikke fulgt',
    text: 'Behandlingen av personens opplysninger var begrenset, og de ble brukt likevel.',
    question: 'Er det ingen begrensning som står i veien?',
  },
  'retention-exceeded': {
    title: 'Opplysninger lagret for lenge',
    text: 'Opplysningene som ble brukt, var eldre enn erklæringen lar dem lagres for dette formålet.',
    question: 'Er opplysningene ikke eldre enn de kan lagres for formålet?',
  },
  'recipient-undeclared': {
    title: 'Mottakeren er ikke oppgitt',
    text: 'Opplysninger gikk til en mottaker som erklæringen ikke nevner for dette formålet.',
    question: 'Er mottakeren oppgitt for formålet?',
  },
  'recipient-use-undeclared': {
    title: 'Mottakeren bruker mer enn oppgitt',
    text: 'Mottakeren er oppgitt, men bruker opplysningene til mer enn det som er oppgitt.',
    question: 'Bruker mottakeren opplysningene slik det er oppgitt?',
  },
  'recipient-condition-unmet': {
    title: 'Vilkår for mottakeren er ikke oppfylt',
    text: 'Erklæringen tillater mottakeren bare på et vilkår, som ikke er oppfylt.',
    question: 'Er mottakeren det den er oppgitt å være?',
  },
  'undertaking-missing': {
    title: 'Forpliktelse mangler',
    text: 'Mottakeren har ikke gitt den forpliktelsen som erklæringen lover.',
    question: 'Er de oppgitte forpliktelsene gitt?',
  },
  'transfer-undeclared': {
    title: 'Overføringen er ikke oppgitt',
    text: 'Opplysninger forlot EØS, og erklæringen sier ingenting om overføringer.',
    question: 'Sier registeret noe om overføring ut av EØS?',
  },
  'transfer-not-permitted': {
    title: 'Overføring uten tillatt grunnlag',
    text: 'Opplysninger forlot EØS på et grunnlag som mangler, eller som erklæringen ikke tillater.',
    question: 'Finnes det et tillatt grunnlag for overføringen?',
  },
  'event-unreadable': {
    title: 'Uleselig melding',
    text: 'Meldingen kan ikke dekodes, eller bryter reglene i skjemaet sitt.',
    question: 'Kan meldingen leses?',
  },
  'request-overdue': {
    title: 'Henvendelse besvart for sent eller ikke',
    text: 'En persons henvendelse ble ikke besvart innen den tiden erklæringen gir.',
    question: 'Ble henvendelsen besvart i tide?',
  },
  'retention-overdue': {
    title: 'Ikke slettet i tide',
    text: 'Den oppgitte lagringstiden er ute, og ingen sletting eller anonymisering er registrert.',
    question: 'Ble opplysningene slettet da lagringstiden var ute?',
  },
  'erasure-overdue': {
    title: 'Ikke slettet etter tilbaketrekking',
    text: 'Samtykket ble trukket tilbake, og opplysningene ble ikke slettet innen den tiden erklæringen gir.',
    question: 'Ble opplysningene slettet i tide etter at samtykket ble trukket tilbake?',
  },
};
