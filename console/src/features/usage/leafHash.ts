/** SHA-256 of 0x00 and the record (RFC 6962 leaf), as hex; the record comes as base64url. */
export async function leafHash(record: string): Promise<string> {
  const text = atob(record.replace(/-/g, '+').replace(/_/g, '/'));
  const leaf = new Uint8Array(text.length + 1);
  for (let index = 0; index < text.length; index++) leaf[index + 1] = text.charCodeAt(index);
  const hash = await crypto.subtle.digest('SHA-256', leaf);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
