import { Inject, Injectable } from '@nestjs/common';
import Handlebars from 'handlebars';
import { ADMIN_OPTIONS, type AdminOptions } from '../admin-options.js';
import { adminAssets, adminTemplateSources } from '../admin-sources.generated.js';
import { languageNames, languages } from '../texts/language.js';
import { type Fragment, type Page } from './page.js';
import { isFramed } from './framed-page.js';
import { pageHelpers } from './page-helpers.js';
import { type PageVisit } from './page-visit.js';
import { sections } from './sections.js';

type Template = Handlebars.TemplateDelegate<object>;

/** Fills the templates, on an instance of Handlebars of its own. Everything that is put in is escaped. */
@Injectable()
export class PageRenderer {
  private readonly templates: ReadonlyMap<string, Template>;

  constructor(@Inject(ADMIN_OPTIONS) private readonly options: AdminOptions) {
    const handlebars = Handlebars.create();
    handlebars.unregisterHelper('log');
    handlebars.registerHelper(pageHelpers);
    const knownHelpers = Object.fromEntries(Object.keys(pageHelpers).map((name) => [name, true]));
    // Compiled when it is first shown: `compile` only wraps.
    this.templates = new Map(
      Object.entries(adminTemplateSources).map(([name, source]) => {
        const template: Template = handlebars.compile(source, {
          knownHelpers,
          knownHelpersOnly: true,
          preventIndent: true,
        });
        handlebars.registerPartial(name, template);
        return [name, template];
      }),
    );
  }

  fragment({ template, model }: Pick<Fragment, 'template' | 'model'>, visit: PageVisit): string {
    return this.render(template, model, visit);
  }

  async page({ template, head, model }: Page, visit: PageVisit): Promise<string> {
    const { language, path, grant, said, storeName } = visit.facts;
    const offered = await Promise.all(sections.map(async (one) => ((await visit.may(one.action)) ? [one] : [])));
    const shell = {
      ...head,
      language,
      storeName,
      actor: grant?.actor,
      said: said && visit.text(said),
      navigation: offered.flat().map(({ section, path: to, text }) => ({
        path: to,
        label: visit.text(text),
        current: section === head.section,
      })),
      languages: languages.map((code) => ({
        code,
        name: languageNames[code],
        href: visit.url(withLanguage(path, code)),
        current: code === language,
      })),
      signOutUrl: grant && this.options.signOutUrl,
      icon: `/assets/${adminAssets.icon.name}`,
      style: `/assets/${adminAssets.style.name}`,
      script: `/assets/${adminAssets.script.name}`,
      frameScript: `/assets/${adminAssets.frameScript.name}`,
      body: this.render(template, model, visit),
    };
    return this.render(isFramed(visit) ? 'framed' : 'layout', shell, visit);
  }

  private render(template: string, model: object, visit: PageVisit): string {
    const filled = this.templates.get(template);
    if (!filled) throw new Error(`there is no page template ${template}`);
    return filled(model, {
      data: { visit },
      allowProtoPropertiesByDefault: false,
      allowProtoMethodsByDefault: false,
    });
  }
}

function withLanguage(path: string, code: string): string {
  const [place, query = ''] = path.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('lang', code);
  return `${place}?${parameters.toString()}`;
}
