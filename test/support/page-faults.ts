import type { Person } from './browser.js';

/** What depends on colours, which are other ones at night. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/**
 * What is wrong with the page that somebody is on, with all that can be unfolded: WCAG by axe-core, by day and by night; what
 * is cut off or makes the window scroll sideways; what Tab does not lead to, or leads to unseen.
 */
export async function faultsOf(person: Person): Promise<string[]> {
  const { page } = person;
  await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  const byDay = await person.violations();
  await page.emulateMedia({ colorScheme: 'dark' });
  const byNight = await person.violations(colourRules);
  await page.emulateMedia({ colorScheme: 'light' });
  const cut = await page.evaluate<string[]>(CUT);
  const overflow = await person.overflow();
  return [
    ...byDay,
    ...byNight.map((fault) => `dark: ${fault}`),
    ...(overflow > 0 ? [`scrolls sideways by ${overflow} px`] : []),
    ...cut.map((html) => `cut off: ${html}`),
    ...(await unreachable(person)),
  ];
}

async function unreachable({ page }: Person): Promise<string[]> {
  const { stops, frames } = await page.evaluate<{ stops: number; frames: number }>(WATCH_FOCUS);
  const tab = () => page.keyboard.press('Tab');
  // In one go, but where there is a frame: it has a process of its own, out of which the focus comes a moment later.
  if (frames === 0) await Promise.all(Array.from({ length: stops }, tab));
  else for (let press = 0; press < stops; press++) await tab().then(() => page.evaluate(LEFT_FRAME));
  return page.evaluate<string[]>('missedByTab()');
}

/** A moment, where the focus is in a frame. */
const LEFT_FRAME = `document.activeElement?.tagName === 'IFRAME' ? new Promise((done) => setTimeout(done, 50)) : 0`;

/** Elements with text that reach beyond the window, or beyond a box that hides what is too long for it. */
const CUT = `(() => {
  const isSeen = (one) => one.checkVisibility() && !one.closest('.unseen, .skip, svg, datalist, select, iframe');
  const scrolls = (one) => one && one !== document.body && (/auto|scroll/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  const isCut = (one) => {
    const { left, right, width } = one.getBoundingClientRect();
    const hides = /hidden|clip/.test(getComputedStyle(one).overflowX) && !/^(INPUT|TEXTAREA)$/.test(one.tagName);
    const marker = one.tagName === 'LI' && getComputedStyle(one).listStyleType === 'decimal' ? 18 : 0;
    return width > 0 && !scrolls(one) && (left - marker < -1 || right > innerWidth + 1 || (hides && one.scrollWidth > one.clientWidth + 1));
  };
  return [...document.querySelectorAll('body *')].filter((one) => isSeen(one) && isCut(one)).map((one) => one.outerHTML.slice(0, 120));
})()`;

/** Notes what gets the focus from now on. @returns how often to press Tab, and how many frames there are */
const WATCH_FOCUS = `(() => {
  const focused = new Set();
  const unseen = [];
  const nameOf = (one) => one.outerHTML.slice(0, 120);
  addEventListener('focusin', ({ target }) => {
    focused.add(target);
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    if (target !== document.body && (outlineStyle === 'none' || parseFloat(outlineWidth) === 0)) unseen.push(nameOf(target));
  });
  const controls = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')];
  const usable = controls.filter((one) => one.checkVisibility() && !one.matches(':disabled'));
  // Of one group of choices Tab leads to one; arrows to the rest.
  const groupOf = (one) => (one.type === 'radio' ? one.form?.action + one.name : one);
  const wanted = [...new Map(usable.map((one) => [groupOf(one), one]))];
  globalThis.missedByTab = () => [
    ...wanted
      .filter(([group, one]) => ![...focused].some((other) => other === one || groupOf(other) === group))
      .map(([, one]) => 'Tab does not lead to: ' + nameOf(one)),
    ...unseen.map((html) => 'focus cannot be seen: ' + html),
  ];
  document.activeElement?.blur();
  const frames = document.querySelectorAll('iframe').length;
  // Frames have stops of their own.
  return { stops: wanted.length + 3 + 3 * frames, frames };
})()`;
