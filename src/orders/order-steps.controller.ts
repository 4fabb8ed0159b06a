import { Body, Controller, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, Roles } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { CancelDto, ClientEmailDto, DeliveredDto, InvoiceDto, RefundDto, TrackingDto } from './dto/steps.dto.js';
import type { Order } from './order.js';
import { OrdersService } from './orders.service.js';
import { cancel, refund } from './steps/ending.js';
import { invoice, startHandling } from './steps/fulfilment.js';
import { approvePayment, denyPayment } from './steps/payment.js';
import { deliver, track } from './steps/tracking.js';

/** Moves an order on; each route answers with the order. A step out of turn is a 409 that names the steps allowed now. */
@ApiTags('order steps')
@Controller('api/oms/pvt/orders/:orderId')
export class OrderStepsController {
  constructor(private readonly orders: OrdersService) {}

  @Post('payment-approved')
  @HttpCode(200)
  @ApiOperation({ summary: 'The customer has paid' })
  paymentApproved(@Caller() { storeId }: Principal, @Param('orderId') orderId: string): Promise<Order> {
    return this.orders.apply(storeId, orderId, approvePayment);
  }

  @Post('payment-denied')
  @HttpCode(200)
  @ApiOperation({ summary: 'The payment was denied: cancels the order' })
  paymentDenied(@Caller() { storeId }: Principal, @Param('orderId') orderId: string): Promise<Order> {
    return this.orders.apply(storeId, orderId, denyPayment);
  }

  @Post('start-handling')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start to prepare the delivery' })
  startHandling(@Caller() { storeId }: Principal, @Param('orderId') orderId: string): Promise<Order> {
    return this.orders.apply(storeId, orderId, startHandling);
  }

  @Post('invoice')
  @HttpCode(200)
  @ApiOperation({ summary: 'Invoice a package; with a tracking number it is shipped as well' })
  invoice(
    @Caller() { storeId }: Principal,
    @Param('orderId') orderId: string,
    @Body() input: InvoiceDto,
  ): Promise<Order> {
    return this.orders.apply(storeId, orderId, (order, now) => invoice(order, input, now));
  }

  @Patch('invoice/:invoiceNumber/tracking')
  @ApiOperation({ summary: 'Track a package; its first tracking number means that it is shipped' })
  tracking(
    @Caller() { storeId }: Principal,
    @Param('orderId') orderId: string,
    @Param('invoiceNumber') invoiceNumber: string,
    @Body() input: TrackingDto,
  ): Promise<Order> {
    return this.orders.apply(storeId, orderId, (order, now) => track(order, invoiceNumber, input, now));
  }

  @Post('delivered')
  @HttpCode(200)
  @ApiOperation({ summary: 'A package has arrived' })
  delivered(
    @Caller() { storeId }: Principal,
    @Param('orderId') orderId: string,
    @Body() input: DeliveredDto,
  ): Promise<Order> {
    return this.orders.apply(storeId, orderId, (order, now) => deliver(order, input.invoiceNumber, now));
  }

  @Post('cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel an order that is not invoiced yet' })
  cancel(
    @Caller() { storeId }: Principal,
    @Param('orderId') orderId: string,
    @Body() input: CancelDto,
  ): Promise<Order> {
    return this.orders.apply(storeId, orderId, (order, now) => cancel(order, input.reason, now));
  }

  @Post('refund')
  @HttpCode(200)
  @Roles('owner', 'staff')
  @ApiOperation({ summary: 'Give money back, all that is left or a part' })
  refund(
    @Caller() { storeId }: Principal,
    @Param('orderId') orderId: string,
    @Body() input: RefundDto,
  ): Promise<Order> {
    return this.orders.apply(storeId, orderId, (order, now) => refund(order, input.value, input.reason, now));
  }

  @Put('client-profile/email')
  @Roles('owner', 'staff')
  @ApiOperation({ summary: 'Correct the customer’s e-mail address' })
  correctEmail(
    @Caller() { storeId }: Principal,
    @Param('orderId') orderId: string,
    @Body() input: ClientEmailDto,
  ): Promise<Order> {
    return this.orders.correctEmail(storeId, orderId, input.email);
  }
}
