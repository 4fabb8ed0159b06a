import { type Figure } from '../figure.js';
import { measureHttp } from './http.js';
import { measureText } from './text.js';

export async function measure(): Promise<Figure[]> {
  return [...(await measureText()), ...(await measureHttp())];
}
