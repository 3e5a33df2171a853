import { Controller, Inject } from '@nestjs/common';
import Type from 'typebox';
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
  constructor(@Inject(OPENAPI) private readonly document: object) {}

  @Route({
    path: 'openapi.json',
    operationId: 'getOpenApi',
    tag: 'description',
    summary: 'The OpenAPI document of this API',
    content: { 'application/json': Document },
    public: true,
  })
  read(): object {
    return this.document;
  }
}
