// The words that address_code.cpp writes addresses with, by the number of bits of their codes.
//
// FROZEN. Tokens in mails that are out for years are read with this table: a word that is added,
// moved, or put in another order makes them unreadable. A better table is another version of the
// token (token.h), beside this one.
//
// Made from names that are frequent in two dozen countries, in the shapes local parts have, at the
// domains that providers and companies have: a Huffman code, given by its lengths alone. Codes are
// counted up in the order written here, shorter ones first.
//
// '>' ends an address, by itself or with the word it stands behind. '*' means any octet: its eight
// bits follow. Neither stands for itself.

#pragma once

#include <array>
#include <string_view>

namespace optout {

struct WordsOfLength {
  unsigned bits;
  std::string_view words;  // separated by spaces
};

inline constexpr std::array<WordsOfLength, 10> kAddressWords{{
    {5, ". @ a d e i o s t"},
    {6, "- @gmail.com> an b c en er f g h in k m p w y"},
    {7, ".com> @hotmail.com> a. al ar ch el es j l le n on or r ra re ri ro st th u v z"},
    {8,
     ".b .de> 0 1 2 3 4 5 6 7 8 9 @yahoo.com> am and au co e. ic il is it la li lo ma mar ne "
     "ol sch son un ur"},
    {9,
     ".net> .org> @aol.com> @icloud.com> @outlook.com> _ ann ard art ck da ell er@ ez gu ho "
     "ill info@ ing ja lin lu man mann me mi ner ph ru sta ste ud us ver vi x y."},
    {10,
     ".ch> .co.uk> .com.br> .edu> .es> .eu> .fr> .io> .it> .nl> .us> 195 196 197 198 199 200 "
     "@gmx.de> @qq.com> @t-online.de> @web.de> all an. ber berg bert davi den es@ fer fo hol "
     "jo john jos ju mail mich o@ qu ran rist ry smith william"},
    {11,
     "+ .ac.uk> .at> .ca> .com.au> .org.uk> .pl> .uk> > @bluewin.ch> @btinternet.com> "
     "@comcast.net> @gmx.net> @googlemail.com> @hotmail.co.uk> @libero.it> @live.com> "
     "@mail.ru> @privaterelay.appleid.com> @yahoo.co.uk> ervic robert studen"},
    {12,
     ".be> .com.mx> .cz> .fi> .hu> .no> .ro> .se> @163.com> @att.net> @free.fr> "
     "@freemail.hu> @freenet.de> @gmx.at> @gmx.ch> @hotmail.fr> @live.co.uk> @me.com> "
     "@msn.com> @naver.com> @orange.fr> @proton.me> @protonmail.com> @sbcglobal.net> "
     "@seznam.cz> @sky.com> @verizon.net> @wanadoo.fr> @wp.pl> @xtra.co.nz> @yahoo.co.jp> "
     "@yahoo.com.br> @yahoo.de> @yahoo.fr> @yandex.ru> joh q vic"},
    {13,
     "* .app> .berlin> .bg> .biz> .cn> .co.in> .co.jp> .co.kr> .co.nz> .co.za> .co> .com.ar> "
     ".com.cn> .com.tr> .dev> .dk> .ee> .gmbh> .gov> .gr> .hk> .hr> .ie> .in> .info> .jp> "
     ".kr> .li> .lt> .lu> .lv> .me> .mx> .ne.jp> .online> .pt> .ru> .sg> .shop> .si> .sk> "
     ".tr> .tv> .tw> .ua> 00 @126.com> @alice.it> @aon.at> @arcor.de> @bellsouth.net> "
     "@bigpond.com> @cox.net> @docomo.ne.jp> @hotmail.de> @hotmail.es> @hotmail.it> "
     "@laposte.net> @live.fr> @mac.com> @mail.com> @mailbox.org> @o2.pl> @onet.pl> "
     "@outlook.de> @sfr.fr> @telenet.be> @tiscali.it> @ukr.net> @uol.com.br> @virgilio.it> "
     "@virginmedia.com> @yahoo.es> @yahoo.it> @ymail.com> @ziggo.nl>"},
    {14,
     "@a1.net> @abv.bg> @aol.de> @bbox.fr> @bk.ru> @blueyonder.co.uk> @bol.com.br> "
     "@casema.nl> @centrum.cz> @charter.net> @chello.at> @chello.nl> @citromail.hu> "
     "@comhem.se> @daum.net> @earthlink.net> @eircom.net> @email.cz> @email.de> @ewe.net> "
     "@ezweb.ne.jp> @fastmail.com> @foxmail.com> @gazeta.pl> @globo.com> @gmx.com> "
     "@hanmail.net> @hetnet.nl> @hispeed.ch> @home.nl> @hotmail.ca> @hotmail.com.ar> "
     "@hotmail.se> @i.softbank.jp> @ig.com.br> @inbox.ru> @interia.pl> @kabelmail.de> "
     "@kolumbus.fi> @kpnmail.nl> @list.ru> @live.com.mx> @live.de> @live.dk> @live.it> "
     "@live.nl> @live.no> @live.se> @luukku.com> @mail.dk> @neuf.fr> @ntlworld.com> "
     "@online.de> @online.no> @op.pl> @optonline.net> @optusnet.com.au> @outlook.es> "
     "@outlook.fr> @outlook.it> @pec.it> @planet.nl> @pm.me> @poczta.onet.pl> @post.cz> "
     "@posteo.de> @prodigy.net.mx> @rambler.ru> @rediffmail.com> @rocketmail.com> "
     "@rogers.com> @sapo.pt> @shaw.ca> @sina.com> @skynet.be> @softbank.ne.jp> @sunrise.ch> "
     "@sympatico.ca> @talktalk.net> @telefonica.net> @telia.com> @telus.net> @terra.com.br> "
     "@tin.it> @upcmail.nl> @videotron.ca> @vp.pl> @walla.co.il> @windowslive.com> "
     "@xs4all.nl> @ya.ru> @yahoo.ca> @yahoo.co.id> @yahoo.co.in> @yahoo.com.ar> "
     "@yahoo.com.au> @yahoo.com.hk> @yahoo.com.mx> @yahoo.com.tw> @yahoo.gr> @yahoo.in> "
     "@zoho.com>"},
}};

}  // namespace optout
