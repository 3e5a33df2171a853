export { upGauge } from './up-gauge.js';
export { runService, type Service } from './run-service.js';
export { SettingsError, SettingsReader, type Environment } from './settings.js';
