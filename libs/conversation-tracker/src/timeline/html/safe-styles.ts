/** Properties that only change how the text in place looks: nothing that lays it over the page or fetches anything. */
const PROPERTIES =
  'background-color border border-bottom border-bottom-color border-bottom-style border-bottom-width border-collapse border-color ' +
  'border-left border-left-color border-left-style border-left-width border-radius border-right border-right-color ' +
  'border-right-style border-right-width border-spacing border-style border-top border-top-color border-top-style ' +
  'border-top-width border-width box-sizing caption-side clear color direction display empty-cells float font font-family ' +
  'font-size font-style font-variant font-weight height letter-spacing line-height list-style list-style-type margin ' +
  'margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width overflow-wrap padding ' +
  'padding-bottom padding-left padding-right padding-top table-layout text-align text-decoration text-indent ' +
  'text-transform unicode-bidi vertical-align white-space width word-break word-spacing word-wrap';

/** Words, numbers, names in quotes and colours: neither `url()` nor an escape by which it could be spelled. */
const VALUE = /^(?:[\w\s#%.,+\-/'"!]|(?:rgba?|hsla?)\([\d\s%.,+\-/a-z]*\))+$/i;

/** `background` stands for many properties: as a colour alone it is the most common one of mails. */
const COLOUR = /^(?:#?\w+|(?:rgba?|hsla?)\([\d\s%.,+\-/a-z]*\))(?:\s*!important)?$/i;

/** As sanitize-html takes them. */
export const safeStyles: Record<string, RegExp[]> = {
  ...Object.fromEntries(PROPERTIES.split(' ').map((property) => [property, [VALUE]])),
  background: [COLOUR],
};
