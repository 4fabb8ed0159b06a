import { Readable } from 'node:stream';
import {
  type CanActivate,
  ClassSerializerInterceptor,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  NotFoundException,
  Param,
  Res,
  Sse,
  StreamableFile,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Exclude, Expose } from 'class-transformer';
import { MaskOrders } from 'nestjs-conversation-tracker';
import { of } from 'rxjs';

export const CUSTOMER = 'ana.perez@customer.example';
export const STRANGER = 'else@somewhere.example';
export const REAL = /customer\.example|somewhere\.example/;

/** VTEX's names, free text, JSON inside a string, an address as a key. */
export const vtexOrder = (orderId: string) => ({
  orderId,
  status: 'handling',
  creationDate: new Date(Date.UTC(2026, 0, 31)),
  clientProfileData: { email: CUSTOMER, firstName: 'Ana', lastName: 'Pérez' },
  openTextField: { value: `Please write to ${CUSTOMER}, or to ${STRANGER}.\nThanks` },
  customData: { raw: JSON.stringify({ buyer: CUSTOMER, asset: 'retina@2x.png' }) },
  notes: { [CUSTOMER]: 'called twice', dependency: 'pkg@1.2.3' },
});

export const plainOrder = (orderId: string) => ({ orderId, customer: { email: CUSTOMER }, total: 12.5 });

/** A host's own class, whose JSON is not what its fields are. */
class OrderEntity {
  orderId = 'entity-1';
  customer = { email: CUSTOMER };

  @Exclude()
  internalNote = 'never shown';

  @Expose()
  get label(): string {
    return `for ${CUSTOMER}`;
  }
}

class OrderWithToJson {
  constructor(private readonly id: string) {}
  toJSON() {
    return { orderId: this.id, customer: { email: CUSTOMER } };
  }
}

@Injectable()
class Closed implements CanActivate {
  canActivate(): boolean {
    throw new ForbiddenException(`only ${STRANGER} may see this`);
  }
}

/** What a response of Express and a reply of Fastify have in common. */
interface AnyResponse {
  status(code: number): AnyResponse;
  type(mediaType: string): AnyResponse;
  send(body: unknown): unknown;
}

@MaskOrders()
@Controller('orders')
export class DecoratedController {
  /** Kept, so that a test can see that masking changed nothing in it. */
  static readonly entity = plainOrder('kept-1');

  @Get('one/:id')
  one(@Param('id') id: string) {
    return vtexOrder(id);
  }

  @Get('kept')
  kept() {
    return DecoratedController.entity;
  }

  @MaskOrders({ root: 'data.orders[]' })
  @Get('declared')
  declared() {
    const orders = ['page-1', 'page-2'].map(plainOrder);
    return { data: { orders, by: STRANGER }, total: 2 };
  }

  @Get('list')
  list() {
    return { paging: { total: 2 }, list: ['list-1', 'list-2'].map((id) => new OrderWithToJson(id)) };
  }

  @Get('nested')
  nested() {
    return { ...plainOrder('outer-1'), replaces: { orderId: 'inner-1', customer: { email: STRANGER } } };
  }

  @UseInterceptors(ClassSerializerInterceptor)
  @Get('entity')
  entity() {
    return new OrderEntity();
  }

  @Get('bigint')
  bigint() {
    return { ...plainOrder('bigint-1'), total: 1n };
  }

  @Get('broken')
  broken() {
    return { orderId: 'broken-1', customer: { email: 'ana.perez@@customer.example' } };
  }

  /** What a list shows of an order, without its customer. */
  @Get('summary')
  summary() {
    return [{ orderId: 'signless-1', status: 'handling' }];
  }

  @Get('signless')
  signless() {
    return { orderId: 'signless-1', customer: { email: 'ana.perez at customer.example' } };
  }

  @Get('error')
  error() {
    throw new NotFoundException(`${CUSTOMER} has no such order`);
  }

  @Get('own-error')
  ownError() {
    throw new HttpException({ ...plainOrder('error-1'), message: `not yet, ${STRANGER}` }, 409);
  }

  @Get('response')
  response(@Res() response: AnyResponse) {
    response.status(203).send(vtexOrder('response-1'));
  }

  @Get('text')
  text(@Res() response: AnyResponse) {
    response.type('text/plain; charset=utf-8').send(`ordered by ${CUSTOMER}`);
  }

  @Get('stream')
  stream() {
    return new StreamableFile(Readable.from([JSON.stringify(plainOrder('stream-1'))]), { type: 'application/json' });
  }

  @Get('pdf')
  pdf() {
    return new StreamableFile(Buffer.from(`%PDF ${CUSTOMER}`), { type: 'application/pdf' });
  }

  @Sse('events')
  events() {
    return of({ data: plainOrder('event-1') });
  }

  @UseGuards(Closed)
  @Get('guarded')
  guarded() {
    return plainOrder('guarded-1');
  }
}

@Controller('plain')
export class UndecoratedController {
  @Get('chosen')
  chosen() {
    return plainOrder('chosen-1');
  }

  @Get('login')
  login() {
    return { user: CUSTOMER };
  }
}

/** Masks `/plain/chosen`, of the store that `x-store` names. */
export const maskChosen = {
  maskRoute: (context: ExecutionContext) => context.getHandler().name === 'chosen' && '$',
  storeIdOf: (context: ExecutionContext) =>
    context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>().headers['x-store'],
};
