/** SHA-256 of 0x00 and the record (an RFC 6962 leaf); the record comes as base64url. */
export async function leafBytes(record: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = atob(record.replace(/-/g, '+').replace(/_/g, '/'));
  const leaf = new Uint8Array(text.length + 1);
  for (let index = 0; index < text.length; index++) leaf[index + 1] = text.charCodeAt(index);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', leaf));
}

/** The same as hex. */
export async function leafHash(record: string): Promise<string> {
  return [...(await leafBytes(record))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
