divert(-1)
dnl optout-milter(8) on every listener of this Sendmail. In /etc/mail/sendmail.mc:
dnl
dnl   include(`/etc/mail/m4/optout-milter.m4')dnl
dnl
dnl before the MAILER lines and before any milter that signs, then "make -C /etc/mail" and restart. For
dnl another socket, put this line before it:
dnl
dnl   define(`confOPTOUT_SOCKET', `unix:/path/to/milter.sock')dnl
dnl
dnl F=T: while the milter is not there, mail is deferred. Without it, mail would pass unchecked.
dnl Where some listeners take mail from the world, do not include this: see the recipe sendmail.md in
dnl /usr/share/doc/optout-milter/recipes, which puts the milter on listeners of your choice.
ifdef(`confOPTOUT_SOCKET', `',
  `define(`confOPTOUT_SOCKET', `unix:/run/optout-milter/milter.sock')')
divert(0)dnl
INPUT_MAIL_FILTER(`optout', `S='confOPTOUT_SOCKET`, F=T, T=C:10s;S:10s;R:10s;E:60s')dnl
