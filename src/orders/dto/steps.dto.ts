import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEmail, IsOptional, IsUrl, Matches, Max, Min, IsInt } from 'class-validator';
import { Cents, OptionalText, Part, Text } from '../../input/fields.js';

/** It stands in a path and names the package in events, so it is kept to a few plain characters. */
const INVOICE_NUMBER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

class ShipmentDto {
  @OptionalText({ example: 'Fast Parcels' })
  courier?: string;

  @OptionalText({ example: 'TRK-48960684' })
  trackingNumber?: string;

  @ApiPropertyOptional({ example: 'https://parcels.example/TRK-48960684' })
  @IsOptional()
  // It becomes a link in mails: nothing but the web.
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  trackingUrl?: string;
}

export class InvoiceDto extends ShipmentDto {
  @ApiProperty({ example: '24382' })
  @Matches(INVOICE_NUMBER)
  invoiceNumber!: string;

  @Cents({ example: 3080 })
  invoiceValue!: number;
}

export class CourierNoteDto {
  @Text({ example: 'The carrier received the package' })
  description!: string;

  @OptionalText()
  city?: string;

  @OptionalText()
  state?: string;
}

export class TrackingDto extends ShipmentDto {
  @Part(() => CourierNoteDto, { required: false })
  note?: CourierNoteDto;
}

export class DeliveredDto {
  @ApiPropertyOptional({ description: 'Needed when several packages are on their way' })
  @IsOptional()
  @Matches(INVOICE_NUMBER)
  invoiceNumber?: string;
}

export class CancelDto {
  @Text({ example: 'The customer changed her mind' }, 500)
  reason!: string;
}

export class RefundDto {
  @ApiPropertyOptional({ type: 'integer', description: 'Cents; all that is left unless said' })
  @IsOptional()
  @Max(100_000_000_000)
  @Min(1)
  @IsInt()
  value?: number;

  @OptionalText({}, 500)
  reason?: string;
}

export class ClientEmailDto {
  @ApiProperty({ example: 'juan@customer.example' })
  // Somebody mends an address here, so it has to be a good one.
  @IsEmail()
  email!: string;
}
