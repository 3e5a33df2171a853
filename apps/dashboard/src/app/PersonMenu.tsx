import { useQuery } from '@tanstack/react-query';
import { CircleUser, LogOut } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery, useLogOut } from '../api/queries.js';
import { speak } from '../i18n/i18n.js';
import { LANGUAGE_NAMES, LANGUAGES, type Language } from '../i18n/languages.js';
import { Button } from '../ui/Button.js';
import { Menu, MenuChoice, MenuHeader, MenuItem, MenuSeparator } from '../ui/Menu.js';
import { useToast } from '../ui/Toast.js';
import { useControllerName } from '../ui/Values.js';
import { KEYS, LOCAL_ZONE, prefer, THEMES, usePreferences } from './preferences.js';
import styles from './shell.module.css';

/** Who is signed in, what they may see, and how they like the page. */
export function PersonMenu(): ReactNode {
  const { t } = useTranslation();
  const say = useToast();
  const { data: me } = useQuery(meQuery());
  const { language, theme, times, keys } = usePreferences();
  const logOut = useLogOut();
  const onLanguage = (chosen: Language): void => {
    void speak(chosen).then(() => prefer({ language: chosen }));
  };
  return (
    <Menu
      trigger={
        <Button look="quiet">
          <CircleUser size={20} aria-hidden />
          <span className={styles.personName}>{me?.name}</span>
          <span className="visually-hidden">{t('person.menu')}</span>
        </Button>
      }
    >
      {me && <Whoami />}
      <MenuChoice
        label={t('person.language')}
        value={language}
        options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        onChange={onLanguage}
      />
      <MenuChoice
        label={t('person.theme')}
        value={theme}
        options={THEMES.map((value) => ({ value, label: t(`person.theme_${value}`) }))}
        onChange={(chosen) => prefer({ theme: chosen })}
      />
      <MenuChoice
        label={t('person.times')}
        value={times}
        options={[
          { value: 'local', label: t('person.times_local', { zone: LOCAL_ZONE }) },
          { value: 'utc', label: t('person.times_utc') },
        ]}
        onChange={(chosen) => prefer({ times: chosen })}
      />
      <MenuChoice
        label={t('person.keys')}
        value={keys}
        options={KEYS.map((value) => ({ value, label: t(`person.keys_${value}`) }))}
        onChange={(chosen) => prefer({ keys: chosen })}
      />
      <MenuSeparator />
      <MenuItem onSelect={() => logOut.mutate(undefined, { onError: (error) => say(error.message, 'error') })}>
        <LogOut size={16} aria-hidden />
        {t('person.logOut')}
      </MenuItem>
    </Menu>
  );
}

function Whoami(): ReactNode {
  const { t } = useTranslation(['common', 'terms']);
  const nameOf = useControllerName();
  const { data: me } = useQuery(meQuery());
  if (me === undefined) return null;
  return (
    <>
      <MenuHeader>
        <strong>{me.name}</strong>
        <div className="muted">
          {t('person.roles', { roles: me.roles.map((role) => t(`terms:role.${role}`)).join(', ') })}
        </div>
        <div className="muted">
          {me.controllers === null
            ? t('person.allControllers')
            : t('person.controllers', { controllers: me.controllers.map(nameOf).join(', ') || t('none') })}
        </div>
      </MenuHeader>
      <MenuSeparator />
    </>
  );
}
