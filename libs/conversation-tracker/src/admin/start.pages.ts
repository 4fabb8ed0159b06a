import { Get } from '@nestjs/common';
import { Requires } from '../ports/rest/requires.decorator.js';
import { AdminPages } from './page/admin-pages.decorator.js';
import { SeeOther } from './page/page.js';

/** The path that a host links to. */
@AdminPages()
export class StartPages {
  @Get()
  @Requires('timeline.read')
  start(): SeeOther {
    return new SeeOther('/orders');
  }
}
