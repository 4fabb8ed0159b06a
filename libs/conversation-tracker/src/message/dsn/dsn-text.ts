/** What a person reads of a mail that did not arrive. */
export interface DsnText {
  readonly subject: string;
  readonly text: string;
}

interface Words {
  readonly subject: string;
  readonly notDelivered: (recipient: string) => string;
  readonly answer: string;
  readonly nothingToDo: string;
}

/** By language; a store of another one gets English, as from any mail server. */
const WORDS: Readonly<Record<string, Words>> = {
  en: {
    subject: 'Not delivered',
    notDelivered: (recipient) => `Your message could not be delivered to ${recipient}.`,
    answer: 'The mail server of the recipient said:',
    nothingToDo: 'It is not tried again. This message was written by a program; nobody reads answers to it.',
  },
  es: {
    subject: 'No entregado',
    notDelivered: (recipient) => `No se ha podido entregar su mensaje a ${recipient}.`,
    answer: 'El servidor de correo del destinatario respondió:',
    nothingToDo: 'No se intentará de nuevo. Un programa ha escrito este mensaje; nadie lee las respuestas.',
  },
  pt: {
    subject: 'Não entregue',
    notDelivered: (recipient) => `Não foi possível entregar a sua mensagem a ${recipient}.`,
    answer: 'O servidor de e-mail do destinatário respondeu:',
    nothingToDo: 'Não haverá nova tentativa. Esta mensagem foi escrita por um programa; ninguém lê as respostas.',
  },
};

/**
 * The part of a report that a person reads (RFC 6522 §3), in the language of the store.
 *
 * @param subject of the message that did not arrive; may be empty
 * @param recipient an alias
 */
export function dsnText(locale: string, subject: string, recipient: string, diagnostic: string): DsnText {
  const words = WORDS[locale.slice(0, 2).toLowerCase()] ?? WORDS.en;
  const about = subject === '' ? [] : [`    ${subject}`, ''];
  const lines = [words.notDelivered(recipient), '', ...about, words.answer, '', `    ${diagnostic}`, ''];
  return {
    subject: subject === '' ? words.subject : `${words.subject}: ${subject}`,
    text: [...lines, words.nothingToDo, ''].join('\r\n'),
  };
}
