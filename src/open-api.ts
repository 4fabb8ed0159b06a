import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** The page at /api, the document at /api-json. */
export function serveOpenApi(app: INestApplication): void {
  const outline = new DocumentBuilder()
    .setTitle('Reference OMS')
    .setDescription('A small order management system. Send an API key as X-Api-Key or as a Bearer token.')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Api-Key' }, 'api-key')
    .addSecurityRequirements('api-key')
    .build();
  SwaggerModule.setup('api', app, () => SwaggerModule.createDocument(app, outline));
}
