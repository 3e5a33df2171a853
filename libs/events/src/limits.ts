/**
 * How much an event may hold, so that one record costs no more than another kind of record could. An event at every limit
 * at once is below {@link MAX_RECORD_BYTES}; what exceeds one is unreadable, and publishers are told before.
 */

/** Characters (UTF-16 code units) of an id or name: controller, service, subject, purposes, categories, requests, … */
export const MAX_NAME_LENGTH = 1_024;
/** Characters of `justification` and `evidence`. */
export const MAX_TEXT_LENGTH = 8_192;
/** Items of `dataCategories` and `purposes`. */
export const MAX_NAMES = 256;
/** Items of `undertakings`. */
export const MAX_UNDERTAKINGS = 16;
/** Bytes of a record's value, where nothing else is set. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/** Most items of the lists of an event. */
export const MAX_ITEMS: Readonly<Record<string, number>> = {
  dataCategories: MAX_NAMES,
  purposes: MAX_NAMES,
  undertakings: MAX_UNDERTAKINGS,
};
