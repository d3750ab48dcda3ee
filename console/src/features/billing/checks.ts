/** What billing takes, as somebody types it; billing checks it again. */

export const isCountry = (text: string) => /^[A-Z]{2}$/.test(text);

export const isEmail = (text: string) => /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(text);

export const isTaxCode = (text: string) => /^[A-Z0-9_-]{1,20}$/.test(text);
