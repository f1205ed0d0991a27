import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { Tokens } from '../settings/tokens.js';

interface DocsRequest {
  readonly headers: { readonly authorization?: string | undefined };
}
interface DocsResponse {
  setHeader(name: string, value: string): void;
  writeHead(status: number): void;
  end(text: string): void;
}

/**
 * OpenAPI at `/docs` (page) and `/docs-json`. Behind the admin token like everything else: as a bearer token, or as the
 * password of HTTP Basic, which is what a browser asks for.
 */
export function serveOpenApi(app: INestApplication, tokens: Tokens): void {
  const config = new DocumentBuilder().setTitle('Anamnesis').addBearerAuth().build();
  app.use(['/docs', '/docs-json', '/docs-yaml'], (request: DocsRequest, response: DocsResponse, next: () => void) => {
    const token = tokenOf(request.headers.authorization ?? '');
    if (token !== undefined && tokens.roleOf(token) === 'admin') {
      next();
      return;
    }
    response.setHeader('WWW-Authenticate', 'Basic realm="Anamnesis: admin token as password"');
    response.writeHead(401);
    response.end('the admin token is needed\n');
  });
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config));
}

function tokenOf(authorization: string): string | undefined {
  const [scheme = '', value = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  return Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':');
}
