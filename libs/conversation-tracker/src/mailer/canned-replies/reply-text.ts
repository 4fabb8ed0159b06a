import { type StatusMailModel } from '../outbound/mail-model.js';

/** What a reply may name: what is known of every order, and of no single step. */
const variables: Readonly<Record<string, (model: StatusMailModel) => string>> = {
  'customer.firstName': ({ customer }) => customer.firstName,
  'order.id': ({ order }) => order.id,
  'store.name': ({ store }) => store.name,
};

export const replyVariables: readonly string[] = Object.keys(variables);

const BRACES = /\{\{([^{}]*)\}\}|\{\{|\}\}/g;

/** What is wrong with a variable of a text, and in which line; undefined where nothing is. */
export function faultOfReply(text: string): { line: number; message: string } | undefined {
  for (const { 0: found, 1: name, index } of text.matchAll(BRACES)) {
    if (name !== undefined && Object.hasOwn(variables, name.trim())) continue;
    const line = text.slice(0, index).split('\n').length;
    const names = replyVariables.map((known) => `{{${known}}}`).join(', ');
    const wrong = name === undefined ? `${found} stands alone` : 'there is no such variable';
    return { line, message: `line ${line}: ${wrong}; there are ${names}` };
  }
  return undefined;
}

const VARIABLE = /([^\S\n]*)\{\{([^{}]*)\}\}(?=([,.!?:;])?)/gu;

/** The text about one order. Where nothing is known of a variable, `Hi {{customer.firstName}},` reads `Hi,`. */
export function fillReply(text: string, model: StatusMailModel): string {
  return text.replace(VARIABLE, (_, blank: string, name: string, sign: string | undefined) => {
    const value = variables[name.trim()]?.(model) ?? '';
    return value === '' && sign !== undefined ? '' : blank + value;
  });
}
