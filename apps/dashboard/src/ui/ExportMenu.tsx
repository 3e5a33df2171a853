import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { exportHref } from '../api/client.js';
import type { FindingsSearch, ProblemsSearch } from '../search/schemas.js';
import { Button } from './Button.js';
import { Menu, MenuHeader, MenuItem } from './Menu.js';

const FORMATS = { csv: 'CSV', jsonl: 'JSON Lines', pdf: 'PDF' } as const;

type ExportMenuProps = { list: 'findings'; search: FindingsSearch } | { list: 'problems'; search: ProblemsSearch };

/** Downloads a list with its filters and its order, all pages of it. */
export function ExportMenu({ list, search }: ExportMenuProps): ReactNode {
  const { t } = useTranslation();
  const query = { ...search, cursor: undefined, page: undefined };
  return (
    <Menu
      trigger={
        <Button>
          <Download size={16} aria-hidden />
          {t('list.export')}
        </Button>
      }
    >
      <MenuHeader>
        <span className="muted">{t('list.exportHint')}</span>
      </MenuHeader>
      {(['csv', 'jsonl', 'pdf'] as const).map((format) => (
        <MenuItem key={format} asChild>
          <a href={exportHref(list, format, query)} download>
            {t('list.exportAs', { format: FORMATS[format] })}
          </a>
        </MenuItem>
      ))}
    </Menu>
  );
}
