import { Controller, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import Type from 'typebox';
import { etagOf } from '../../http/etag.js';
import { Route } from '../../http/route.js';

/** Injection token of the OpenAPI document. */
export const OPENAPI = Symbol('openapi');

const Document = Type.Object(
  { openapi: Type.String({ pattern: '^3\\.1\\.' }), paths: Type.Object({}) },
  { description: 'OpenAPI 3.1.' },
);

/** The description of the API. */
@Controller('api')
export class OpenApiController {
  private readonly etag: string;

  constructor(@Inject(OPENAPI) private readonly document: object) {
    this.etag = etagOf(JSON.stringify(document));
  }

  @Route({
    path: 'openapi.json',
    operationId: 'getOpenApi',
    tag: 'description',
    summary: 'The OpenAPI document of this API',
    content: { 'application/json': Document },
    public: true,
  })
  read(@Res({ passthrough: true }) response: Response): object {
    response.set('etag', this.etag);
    return this.document;
  }
}
