import type { Translated } from '../catalogue.js';
import type { log as English } from '../en/log.js';

export const log: Translated<typeof English> = {
  title: 'Logg',
  lead: 'Hver vurdering står i en logg som bare kan vokse. Den er offentlig, så alle kan sjekke at ingenting er endret eller tatt bort; ingen person kan kjennes igjen i den.',
  state: 'Loggen nå',
  none: 'Loggen har ikke begynt',
  noneHint: 'Den begynner når notaren kjører for første gang og de første hendelsene er vurdert.',
  size: 'Innførsler',
  origin: 'Loggens navn',
  checkpoint: 'Nyeste sjekkpunkt',
  over: 'over {{number}} innførsler',
  root: 'Dets rot',
  rootWhat: 'roten',
  note: 'Hele det signerte sjekkpunktet',
  noteWhat: 'det signerte sjekkpunktet',
  keys: 'Nøkler',
  keysHint:
    'Et sjekkpunkt er denne loggens når en av disse har signert det; de som er i bruk, står først. Ta vare på en kopi et annet sted.',
  keyWhat: 'nøkkelen {{name}}',
  witnesses: 'Vitner',
  cosigned: 'har signert loggen opp til {{number}} innførsler',
  cosignedBehind_one: '{{number}} innførsel er ikke dekket av dem ennå.',
  cosignedBehind_other: '{{number}} innførsler er ikke dekket av dem ennå.',
  noWitnesses: 'ingen',
  noWitnessesHint:
    'Ingen utenfor tar vare på loggens sjekkpunkter. Den som drifter den, kan vise ulike folk ulike logger.',
  pruned: 'Beskåret',
  prunedText:
    'Innførsler før {{number}} er ikke lenger lagret; kontrollsummene er det, så resten kan fortsatt bevises.',
  notPruned: 'Alt fra første innførsel er lagret.',
  pages: 'Denne siden',
  behind_one: 'ligger {{number}} innførsel etter loggen',
  behind_other: 'ligger {{number}} innførsler etter loggen',
  upToDate: 'er à jour med loggen',
  verified: 'Etterprøvd i sin helhet',
  verifiedOk: 'Alt i orden',
  verifiedBad: 'Holder ikke',
  verifiedText: 'Over {{number}} innførsler, av {{by}}.',
  verifiedNone: 'Ingen har etterprøvd hele loggen ennå.',
  verifiedBadText:
    'Noe i loggen er ikke som det var. Kommandoen sier hva; ta vare på rapporten, og ikke beskjær eller gjenopprett noe før det er forstått.',
  verifiedWhy:
    'Bare å lese alt på nytt beviser at hver innførsel er der og uendret. Gjør det regelmessig, helst fra en annen maskin, og ta vare på sjekkpunktet det lagrer: neste gang må loggen fortsette det.',
  verifiedSince_one: '{{number}} innførsel har kommet siden.',
  verifiedSince_other: '{{number}} innførsler har kommet siden.',
  verifyCommand: 'kommandoen',
  check: {
    title: 'Sjekket i nettleseren din',
    again: 'Sjekk igjen',
    running: 'Sjekker …',
    checkedAt: 'Sjekket {{time}}',
    steps: 'Stegene i sjekken',
    result: {
      held: 'Loggen fortsetter det denne nettleseren har sett før',
      noted: 'Alt i orden, med noe å merke seg',
      unknown: 'Den kunne ikke sjekkes ferdig',
      failed: 'Loggen henger ikke sammen',
      alarm: 'Loggen er ikke den den var',
    },
    first: 'Fra nå av holder denne nettleseren øye med loggen',
    alarmText:
      'Denne nettleseren har et sjekkpunkt som loggens egen nøkkel signerte tidligere, og dagens logg fortsetter det ikke. Med mindre loggen er satt opp på nytt med vilje, har noen endret eller fjernet innførsler. Ta vare på det tidligere sjekkpunktet: sammen med signaturen er det et bevis ingen kan bortforklare. Vis det til den som svarer for personvernet, og få hele loggen etterprøvd mot det:',
    download: 'Last ned det tidligere sjekkpunktet',
    forget: 'Glem det og begynn på nytt',
    forgetTitle: 'Glemme det tidligere sjekkpunktet?',
    forgetText:
      'Det er det eneste beviset i denne nettleseren på at loggen var en annen. Gjør det bare hvis du vet at loggen er satt opp på nytt, slik en testinstallasjon blir. Last det ned først.',
    forgetDo: 'Glem det',
    outcome: {
      held: 'holder',
      noted: 'merknad',
      unknown: 'ikke kjent',
      failed: 'holder ikke',
      alarm: 'alarm',
    },
    step: {
      checkpoint: 'Lese det nyeste sjekkpunktet',
      signature: 'Sjekke hvem som signerte det',
      history: 'Holde det opp mot det forrige',
      keep: 'Ta vare på det til neste gang',
    },
    checkpoint: {
      read: 'Loggen {{origin}} sier at den har {{number}} innførsler.',
      none: 'Loggen har ikke noe sjekkpunkt ennå.',
      malformed: 'Det loggen gir, er ikke noe sjekkpunkt.',
      unreachable: 'Loggen svarer ikke. Prøv igjen.',
    },
    signature: {
      holds: 'Nøkkelen {{key}} signerte det (Ed25519).',
      newKey:
        'Nøkkelen {{key}} signerte det. Før var det {{before}}: spør den som drifter Hjemmel, om nøkkelen er byttet med vilje.',
      wrong: 'Signaturen holder ikke: sjekkpunktet er endret etter at det ble signert.',
      unknownKey: 'Ingen av nøklene loggen oppgir, har signert det.',
      noWebCrypto: 'Nettleseren sjekker signaturer bare på sider som kommer over HTTPS eller fra denne maskinen.',
      noEd25519: 'Denne nettleseren kjenner ikke Ed25519-signaturer. Bruk en nyere, eller kjør hjemmel verify.',
      unreachable: 'Loggen gir ikke fra seg nøklene. Prøv igjen.',
    },
    history: {
      first: 'Denne nettleseren har ikke sett loggen før, så det er ingenting å holde den opp mot ennå.',
      same: 'Loggen har ikke vokst siden, og er den samme.',
      continued:
        'De {{from}} innførslene som ble sett {{since}}, er begynnelsen på dagens {{to}}, uendret: bevist fra {{tiles}} fliser med offentlige kontrollsummer.',
      older:
        'Loggen viste et eldre sjekkpunkt ({{to}} innførsler) enn det som ble sett {{since}} ({{from}}), og det fortsetter det eldre.',
      rewritten:
        'De {{from}} innførslene som ble sett {{since}}, er ikke begynnelsen på dagens logg med {{to}}: historien er skrevet om.',
      split: 'Loggen har like mange innførsler som {{since}}, men andre.',
      shorter:
        'Loggen hadde {{from}} innførsler {{since}}, og har {{to}} nå. Den er satt tilbake, kanskje til en gammel sikkerhetskopi; eller dette er en gammel kopi: sjekk igjen om et minutt.',
      otherLog: 'Loggen kaller seg {{now}}; den som ble sett før, var {{before}}.',
      tilesWrong:
        'De offentlige kontrollsummene fører ikke til den signerte roten, så ingenting kan sies om historien. De er skadet, eller noen har tuklet med dem.',
      unreachable: 'Loggen gir ikke de kontrollsummene som trengs. Prøv igjen.',
    },
    keep: {
      kept: 'Tatt vare på: neste gang må loggen fortsette de {{number}} innførslene.',
      unchanged: 'Det som er lagret, blir stående.',
      refused: 'Det tidligere blir stående; dagens lagres ikke.',
      impossible: 'Denne nettleseren lagrer ingenting, så den kan ikke merke en endring senere.',
    },
    proves:
      'Dette beviser at loggen er signert med sin nøkkel, og at alt denne nettleseren har sett av den tidligere, fortsatt er der, i samme rekkefølge og uendret.',
    provesNot:
      'Det beviser ikke at vurderingene er riktige, heller ikke at loggen er fullstendig, eller hva som skjedde før første blikk; for hele loggen kjør hjemmel verify.',
  },
};
