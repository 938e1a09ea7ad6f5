"""The words that site furniture is made of, by purpose, in the languages that we know."""

from __future__ import annotations

import re
from typing import TypeAlias

WORD = re.compile(r"\w+")

CUES: dict[str, str] = {
    "join": """
        newsletter|newsletters|subscribe|subscribed|subscriber|subscribers|subscription|subscriptions|sign up|signup
        |sign in|log in|login|logout|log out|register|my account|your account|create account|your inbox|your email
        |email address|enter your email|free trial|unlimited access|member|membership|become a member
        |already a subscriber|gift article|notifications|email alerts|breaking news alerts|get the latest
        |delivered to|in your inbox|unsubscribe|paywall|premium|abonnieren|abo|abonnement|abonnements|anmelden
        |einloggen|registrieren|jetzt testen|kostenlos testen|newsletter abonnieren|abonnenten|benachrichtigungen
        |s abonner|abonnez vous|abonnés|abonne|connexion|se connecter|inscription|inscrivez vous|infolettre
        |suscríbete|suscribirse|suscripción|suscriptores|boletín|boletines|iniciar sesión|regístrate|registrarse
        |assine|assinar|assinante|assinantes|assinatura|entrar|cadastre se|boletim|abbonati|accedi|iscriviti
        |registrati|abonneren|inloggen|aanmelden|prenumerera|logga in|abonner|logg inn|abonnér|подписаться|подписка
        |подпишитесь|войти|регистрация|рассылка|рассылку|zaloguj|subskrybuj|přihlásit|předplatné|odebírat|abone ol
        |giriş|اشترك|تسجيل الدخول|النشرة البريدية|تسجيل|berlangganan|masuk|daftar
    """,
    "social": """
        share|share this|share on|tweet|facebook|twitter|whatsapp|linkedin|reddit|telegram|pinterest|instagram
        |youtube|tiktok|flipboard|messenger|bluesky|threads|mastodon|tumblr|snapchat|copy link|copied|link copied
        |copy url|email this|print|print this|bookmark|save article|follow us|follow|like us|rss|google news
        |sharing options|permalink|teilen|twittern|drucken|merken|folgen|link kopieren|artikel teilen|per mail
        |partager|imprimer|suivez nous|copier le lien|envoyer par|compartir|compartir en|imprimir|síguenos
        |copiar enlace|compartilhar|compartilhe|siga nos|copiar link|condividi|stampa|seguici|delen|dela|del
        |поделиться|скопировать ссылку|udostępnij|sdílet|paylaş|شارك|مشاركة|تابعنا|فيسبوك|تويتر|bagikan|вконтакте
        |одноклассники
    """,
    "more": """
        related|related articles|related stories|related content|related topics|related coverage|related news
        |related posts|read more|read also|also read|read next|up next|see also|see more|see all|view all|show more
        |load more|more from|more on|more in|more stories|more news|more to read|more like this|most read
        |most popular|most viewed|most recent|most shared|popular|trending|trending now|top stories|latest
        |latest news|latest stories|recent posts|recommended|recommended for you|recommended stories
        |you may also like|you might also like|you may like|you might like|editors picks|editor s picks
        |editor s pick|don t miss|must read|in case you missed|next article|previous article|previous post|next post
        |next story|next up|read the full|continue reading|keep reading|full story|full coverage|what to read next
        |what to know|explore more|discover more|featured|around the web|from the web|from our partners
        |in this article|in this story|key takeaways|table of contents|story continues|story continues below
        |article continues|article continues after|advertisement story continues|watch now|watch more|listen now
        |mehr zum thema|mehr dazu|mehr aus|mehr lesen|weiterlesen|weitere artikel|weitere informationen
        |weitere themen|weitere nachrichten|lesen sie auch|lesen sie mehr|auch interessant
        |das könnte sie auch interessieren|zum thema|meistgelesen|meistgelesene|beliebt|aktuelle|neueste|neuesten
        |empfohlen|empfehlungen|passend dazu|zur startseite|à lire aussi|lire aussi|à lire|lire la suite|lire plus
        |voir aussi|sur le même sujet|les plus lus|les plus lues|à la une|en savoir plus|articles similaires
        |dernières|à découvrir|voir plus|ver más|leer más|lea también|lee también|te puede|te puede interesar
        |más noticias|más leídas|lo más|lo más leído|relacionadas|relacionados|noticias relacionadas|más información
        |últimas|últimas noticias|también te|recomendado|recomendados|leia mais|leia também|veja também|mais lidas
        |saiba mais|notícias relacionadas|ver mais|recomendadas|leggi anche|leggi tutto|articoli correlati|più letti
        |potrebbe interessarti|lees ook|lees meer|meer over|gerelateerd|meest gelezen|läs mer|läs också|les også
        |les mer|mest lest|læs også|mest læste|читайте также|читать далее|читать также|по теме|материалы по теме
        |похожие|популярное|главное|последние новости|czytaj także|czytaj więcej|zobacz także|zobacz też|přečtěte si
        |čtěte také|související|ilgili haberler|daha fazla|اقرأ أيضا|اقرأ المزيد|المزيد|ذات صلة|الأكثر قراءة
        |أخبار ذات صلة|baca juga|selengkapnya|terkait|terpopuler
    """,
    "comment": """
        comment|comments|comments are closed|leave a comment|leave a reply|post a comment|add a comment
        |join the conversation|view comments|show comments|reply|replies|upvote|like|likes|vote|votes|rating
        |report abuse|flag|moderated|moderation|join the discussion|have your say|your comment|conversation
        |kommentar|kommentare|kommentieren|antworten|melden|diskutieren|leserbriefe|commentaire|commentaires
        |commenter|répondre|réagir|signaler|comentario|comentarios|comentar|responder|comentário|comentários
        |commenti|commento|rispondi|reacties|reageer|kommentarer|комментарии|комментарий|ответить|пожаловаться
        |komentarze|komentarz|odpowiedz|komentáře|diskuse|yorum|yorumlar|تعليق|تعليقات|التعليقات|komentar
    """,
    "legal": """
        copyright|all rights reserved|rights reserved|terms of use|terms of service|terms and conditions
        |terms conditions|privacy|privacy policy|privacy notice|privacy statement|privacy settings|cookie|cookies
        |cookie policy|cookie settings|manage cookies|do not sell|do not sell my|your privacy choices|ad choices
        |adchoices|accept all|consent|reject all|gdpr|disclaimer|trademark|trademarks|may not be published
        |redistributed|reproduced|without permission|recaptcha|licensed under|creative commons|republish
        |registered in england|vat|code of ethics|ethics policy|corrections policy|accessibility
        |accessibility statement|impressum|datenschutz|datenschutzerklärung|agb|nutzungsbedingungen|alle rechte
        |alle rechte vorbehalten|urheberrecht|einwilligung|zustimmung|widerrufen|mentions légales|confidentialité
        |tous droits réservés|conditions générales|politique de confidentialité|données personnelles
        |gérer les cookies|aviso legal|privacidad|política de privacidad|todos los derechos reservados|términos
        |condiciones|derechos reservados|política de cookies|privacidade|todos os direitos reservados|termos de uso
        |política de privacidade|tutti i diritti riservati|informativa|note legali|p iva|alle rechten voorbehouden
        |voorwaarden|все права защищены|пользовательское соглашение|персональных данных|политика конфиденциальности
        |wszelkie prawa zastrzeżone|regulamin|polityka prywatności|všechna práva vyhrazena|gizlilik
        |tüm hakları saklıdır|جميع الحقوق محفوظة|حقوق النشر|سياسة الخصوصية|شروط الاستخدام|hak cipta
        |kebijakan privasi
    """,
    "advert": """
        advertisement|advertisements|advertising|advertise|advertise with us|advertiser|ad|ads|ad feedback|sponsored
        |sponsored content|sponsor|sponsors|sponsored by|promoted|promotion|paid content|partner content|affiliate
        |affiliate links|commission|deals|deal|coupon|coupons|shop|shop now|buy now|buy|sale|discount|offer|offers
        |% off|order now|anzeige|anzeigen|werbung|gesponsert|angebot|angebote|rabatt|gutscheine|publicité|annonce
        |annonces|publicidad|anuncio|anuncios|patrocinado|oferta|ofertas|publicidade|anúncio|promoção|pubblicità
        |sponsorizzato|advertentie|annons|annonser|annonse|annoncer|reklama|реклама|партнерский материал|reklam
        |إعلان|إعلانات|الإعلان|iklan
    """,
    "byline": """
        by|written by|posted by|published by|author|authors|about the author|staff writer|staff reporter|reporter
        |reporters|correspondent|editor|editors|senior editor|senior reporter|senior writer|contributor|contributors
        |contributing|columnist|journalist|producer|editor in chief|staff|bureau chief|guest|by staff|freelance|von
        |autor|autorin|redaktion|redakteur|redakteurin|korrespondent|korrespondentin|par|auteur|rédaction
        |journaliste|rédacteur|por|redacción|redactor|periodista|autores|redação|repórter|jornalista|colunista|di
        |autore|redazione|giornalista|door|redactie|verslaggever|av|av journalist|af|skribent|автор|автора
        |корреспондент|редактор|редакция|текст|autorka|redakcja|redakce|yazar|muhabir|بقلم|كتب|كتبت|المصدر|مراسل
        |تحرير|oleh|penulis
    """,
    "bio": """
        is a reporter|is a writer|is a senior|is a staff|is a freelance|is an editor|is an author|is a journalist
        |is the author|is a columnist|is a correspondent|is a contributor|is a professor|is an associate
        |is an award winning|covers|joined|can be reached|reach him|reach her|reach them|contact him|contact her
        |email him|email her|follow him|follow her|follow them|follow me|on twitter|on x|on instagram|his work
        |her work|their work|previously|graduated|degree|lives in|is based in|based in|born in|holds a|studied
        |specializes|specialising|writes about|writing about|years of experience|expert|bio|biography|view profile
        |full bio|see all posts|view all posts|more by|articles by|posts by|tips|jahrgang|studierte|arbeitet als
        |schreibt|schreibt über|ist redakteur|ist redakteurin|lebt in|a étudié|diplômé|écrit|es periodista
        |licenciado|licenciada|escribe|é jornalista|formado|formada|formado em|è giornalista|laureato
    """,
    "time": """
        published|updated|last updated|last modified|modified|posted|posted on|published on|first published
        |originally published|created|ago|hours ago|hour ago|days ago|day ago|minutes ago|mins ago|min ago|weeks ago
        |week ago|months ago|yesterday|today|min read|minute read|minutes read|mins read|reading time|read time|am
        |pm|a m|p m|est|edt|et|pst|pdt|pt|gmt|utc|bst|cet|ist|january|february|march|april|june|july|august
        |september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|monday|tuesday
        |wednesday|thursday|friday|saturday|sunday|veröffentlicht|aktualisiert|aktualisiert am|stand|uhr|lesezeit
        |minuten|vor|januar|februar|märz|mai|juni|juli|oktober|dezember|montag|dienstag|mittwoch|donnerstag|freitag
        |samstag|sonntag|publié|publié le|mis à jour|mis à jour le|modifié|il y a|temps de lecture|janvier|février
        |mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|lundi|mardi|mercredi|jeudi|vendredi|samedi
        |dimanche|publicado|publicado el|actualizado|actualizado el|hace|horas|tiempo de lectura|enero|febrero|marzo
        |abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|publicado em|atualizado|atualizado em
        |há|tempo de leitura|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|pubblicato
        |aggiornato|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|gepubliceerd|bijgewerkt
        |publicerad|uppdaterad|publisert|oppdatert|publiceret|opdateret|опубликовано|обновлено|января|февраля|марта
        |апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|opublikowano|aktualizacja|publikováno
        |aktualizováno|güncelleme|نشر في|آخر تحديث|منذ|تم النشر|تحديث|ساعة|دقيقة|terbit|diperbarui
    """,
    "picture": """
        photo|photos|photograph|photograph by|photographer|photographs|photo by|photo credit|image|images
        |image credit|image source|picture|pictures|pic|pics|credit|credits|courtesy|courtesy of|getty|getty images
        |reuters|ap|afp|epa|upi|shutterstock|istock|alamy|unsplash|pixabay|pexels|adobe stock|imago|bloomberg
        |associated press|file photo|file image|file|illustration|illustration by|screenshot|screengrab|caption
        |gallery|slideshow|video|videos|play|watch|audio|listen|podcast|podcasts|view image|in pictures|via|handout
        |supplied|pool|figure|chart|graphic|infographic|source|embed|enlarge|enlarge image|zuma|rex|pa|wire|foto
        |fotos|bild|bilder|bildquelle|quelle|symbolbild|archivbild|archivfoto|picture alliance|dpa|ansehen|anhören
        |grafik|crédit|crédits|crédit photo|photo d illustration|légende|vidéo|vidéos|écouter|imagen|imágenes
        |fotografía|fotografia|crédito|cortesía|efe|fuente|archivo|imagem|imagens|divulgação|reprodução|fonte
        |arquivo|immagine|ansa|beeld|anp|bilde|ntb|tt|ritzau|фото|фотография|видео|источник|тасс|риа|иллюстрация
        |zdjęcie|zdjęcia|fot|źródło|pap|čtk|zdroj|fotoğraf|kaynak|صورة|صور|فيديو|رويترز|مصدر|gambar|sumber|antara
    """,
    "menu": """
        home|homepage|menu|main menu|search|search for|skip to|skip to content|skip to main|skip navigation|close
        |close menu|open menu|toggle|navigation|sections|back to top|top|scroll|contact|contact us|about|about us
        |careers|jobs|sitemap|site map|faq|faqs|help|help center|support|feedback|customer service|submit|settings
        |edition|switch|language|languages|archive|archives|staff directory|press|press releases|media kit
        |obituaries|classifieds|crosswords|puzzles|games|horoscopes|weather|sports|sport|business|politics|world
        |opinion|opinions|lifestyle|entertainment|technology|tech|health|science|culture|arts|travel|food|style
        |fashion|money|markets|economy|education|environment|climate|local|national|international|news|us|uk
        |local news|video|photos|magazine|events|store|apps|download|download the app|mobile|rss feeds|breadcrumb
        |startseite|menü|suche|suchen|kontakt|über uns|hilfe|karriere|wetter|politik|wirtschaft|kultur|wissen
        |panorama|gesellschaft|reise|digital|nach oben|zurück|schließen|ressorts|accueil|menu principal|rechercher
        |recherche|aide|contactez nous|qui sommes nous|politique|économie|société|fermer|retour|inicio|menú|buscar
        |búsqueda|contacto|ayuda|quiénes somos|política|economía|deportes|cultura|sociedad|internacional|opinión
        |cerrar|volver|início|pesquisar|pesquisa|contato|ajuda|sobre|esportes|economia|mundo|fechar|voltar|cerca
        |contatti|chi siamo|cronaca|chiudi|zoeken|sök|søk|søg|hem|hjem|главная|поиск|контакты|о нас|о проекте
        |новости|меню|политика|экономика|спорт|общество|strona główna|szukaj|hledat|domů|ana sayfa|ara|iletişim
        |الرئيسية|بحث|اتصل بنا|من نحن|القائمة|رياضة|سياسة|اقتصاد|beranda|cari|tentang kami
    """,
    "tags": """
        tags|tag|tagged|topics|topic|categories|category|filed under|filed in|keywords|in this topic|related tags
        |hashtags|themen|thema|schlagworte|schlagwörter|stichworte|orte|mots clés|thèmes|sujets|étiquettes|etiquetas
        |temas|archivado en|palabras clave|assuntos|tópicos|marcadores|argomenti|onderwerpen|ämnen|emner|теги|темы
        |метки|tagi|tematy|témata|štítky|etiketler|konular|وسوم|كلمات مفتاحية|مواضيع|الكلمات الدلالية|topik
    """,
    "support": """
        donate|donation|donations|donating|support us|support our|support independent|support local|contribute
        |contribution|contributions|fund|fundraising|chip in|your support|we rely on|we need your|readers like you
        |reader supported|nonprofit|non profit|tax deductible|patreon|kickstarter|make a gift|become a supporter
        |independent journalism|spenden|spende|unterstützen sie|unterstütze|faire un don|soutenez|soutenir|dons
        |donar|donación|apóyanos|apoya|apoie|doação|doe|dona|sostieni|doneer|støtt|поддержать|пожертвовать|wesprzyj
        |podpořte|تبرع|donasi
    """,
    "note": """
        this article was|this story was|this story has been|this article has been|this post was|this piece
        |originally appeared|originally published|first appeared|was first published|editor s note|editors note
        |correction|corrections|clarification|reporting by|editing by|additional reporting|additional reporting by
        |contributed to this report|contributed to this story|contributed reporting|contributed to this article
        |compiled by|translated by|with files from|with inputs from|with agencies|with reporting by|from agencies
        |have a tip|got a tip|news tip|send tips|story tip|contact the author|letters to the editor|submit a|send us
        |tell us|let us know|write to us|views expressed|opinions expressed|do not necessarily|not investment advice
        |financial advice|informational purposes|medical advice|sign our|take our|press release|media contact
        |for more information|notes to editors|about the company|contacts|distributed by|view source
        |view original content|redaktioneller hinweis|mit material von|hinweis der redaktion|dieser artikel
        |dieser text|dieser beitrag|cet article|avec afp|con información de|este artículo|esta nota|com informações
        |este artigo|esta reportagem|questo articolo|ترجمة
    """,
    "call": """
        click here|click|tap|tap here|tap to|learn more|find out more|find out|try|try it|start your|get started
        |get your|join|join us|join now|join our|sign our|download our|get our|get the app|read our|check out
        |visit our|visit|stay informed|stay up to date|stay updated|stay connected|keep up|keep up with|catch up
        |take a look|see our|explore|discover|watch our|listen to our|like this article|enjoy this|enjoying this
        |want more|want to|don t forget|be the first|never miss|enable|disable|javascript|browser|loading|please
        |please enable|your browser|refresh|reload|error|expand|collapse|hide|show|play video|pause|mute|unmute
        |fullscreen|captions|settings|swipe|hier klicken|klicken sie|mehr erfahren|jetzt|jetzt lesen|hören sie
        |sehen sie|laden|cliquez|cliquez ici|découvrez|écoutez|haga clic|haz clic|pulsa|descarga|descubre|conoce
        |clique|clique aqui|confira|baixe|clicca|clicca qui|scopri|scarica|klik|klikk|нажмите|скачать|узнать|kliknij
        |pobierz|klikněte|tıklayın|اضغط|حمل|klik di sini|unduh
    """,
}
"""Words and phrases by what they are for. A phrase is as `words` would give it: small letters, no apostrophes."""

DENSE_CUES: dict[str, str] = {
    "join": (
        "订阅|登录|登錄|登入|注册|註冊|会员|會員|訂閱|電子報|电子报|通讯|ログイン|会員|登録|メルマガ"
        "|購読|有料会員|구독|로그인|회원가입"
    ),
    "social": (
        "分享|转发|轉發|微博|微信|朋友圈|收藏|打印|列印|复制链接|複製連結|シェア|ツイート|ブックマーク"
        "|印刷|フォロー|はてな|공유|페이스북|트위터"
    ),
    "more": (
        "相关|相關|推荐|推薦|延伸阅读|延伸閱讀|阅读更多|更多|热门|熱門|最新|下一篇|上一篇|排行|精选|関連"
        "|おすすめ|人気|もっと見る|続きを読む|ランキング|新着|あわせて読みたい|次の記事|前の記事|一覧"
        "|관련기사|더보기|추천|많이 본|최신"
    ),
    "comment": "评论|評論|留言|回复|回覆|点赞|網友|コメント|返信|いいね|댓글|답글",
    "legal": (
        "版权|版權|隐私|隱私|条款|條款|备案|許可證|许可证|声明|保留所有|著作権|無断転載|利用規約"
        "|プライバシー|転載を禁|特定商取引|저작권|무단전재|개인정보"
    ),
    "advert": "广告|廣告|赞助|贊助|广告合作|広告|スポンサー|提供|광고|협찬",
    "byline": (
        "记者|記者|作者|编辑|編輯|撰文|责编|責任編輯|来源|來源|文/|執筆|編集部|取材|ライター|기자|특파원"
        "|에디터"
    ),
    "time": (
        "发布|發布|更新|时间|時間|小时前|小時前|分钟前|分鐘前|天前|年|月|日|公開|配信|時間前|分前|입력"
        "|수정|게재"
    ),
    "picture": (
        "图片|圖片|图源|图/|圖/|摄影|攝影|视频|視頻|影片|图集|写真|画像|動画|撮影|提供：|사진|영상"
        "|동영상"
    ),
    "menu": (
        "首页|首頁|导航|搜索|搜尋|联系我们|聯絡我們|关于我们|關於我們|频道|返回|菜单|選單|トップ|ホーム"
        "|検索|メニュー|お問い合わせ|会社概要|ページの先頭|홈|검색|메뉴|문의"
    ),
    "tags": "标签|標籤|关键词|關鍵字|专题|タグ|キーワード|カテゴリ|태그",
    "support": "捐款|赞助我们|支持我们|寄付|支援|후원",
    "note": "本文|免责|免責|不代表|转载|轉載|编者按|編按|この記事は|訂正|※|이 기사는",
    "call": (
        "点击|點擊|下载|下載|扫码|掃碼|二维码|关注我们|追蹤|クリック|ダウンロード|アプリ|こちら|다운로드"
        "|클릭"
    ),
}
"""Likewise for writing without spaces between words, where any part of a line may match."""

NAMES: tuple[str, ...] = tuple(CUES)

Cue: TypeAlias = tuple[int, int, int]
"""Where a cue begins, how long it is (in words; characters where there are no spaces), the number of its purpose."""
_Phrase: TypeAlias = tuple[tuple[str, ...], int]


def words(text: str) -> list[str]:
    """Small letters and digits, word by word; an apostrophe parts them."""
    return WORD.findall(text.casefold())


def _index() -> dict[str, tuple[_Phrase, ...]]:
    """First word to what may follow, with the number of the purpose; the longest first."""
    found: dict[str, list[_Phrase]] = {}
    for number, phrases in enumerate(CUES.values()):
        for phrase in phrases.split("|"):
            first, *rest = words(phrase)
            found.setdefault(first, []).append((tuple(rest), number))
    return {first: tuple(sorted(set(cues), key=lambda cue: (-len(cue[0]), cue))) for first, cues in found.items()}


INDEX = _index()
DENSE = re.compile("|".join(f"(?P<{name}>{phrases})" for name, phrases in DENSE_CUES.items()))
PURPOSES = {name: number for number, name in enumerate(NAMES)}


def cues_in(tokens: tuple[str, ...]) -> list[Cue]:
    """The cues among a line's words."""
    found = []
    for at, token in enumerate(tokens):
        if token in INDEX:
            for rest, purpose in INDEX[token]:
                if not rest or tokens[at + 1 : at + 1 + len(rest)] == rest:
                    found.append((at, len(rest) + 1, purpose))
    return found


def dense_cues(text: str) -> list[Cue]:
    """The same for writing without spaces."""
    return [
        (match.start(), match.end() - match.start(), PURPOSES[str(match.lastgroup)]) for match in DENSE.finditer(text)
    ]


STOP_WORDS = frozenset(
    words(
        """
        the a an and or but of to in on at by for with from as is are was were be been has have had it its this that
        these those he she they we you i his her their our your not no will would can could may which who what when
        where how if than then so such about into over after before more most some also said says there up out all
        one two new do does did just like der die das den dem des ein eine einen einem einer eines und oder aber von
        zu zum zur im mit auf für ist sind war waren sein hat haben wird werden nicht auch nach bei aus wie als dass
        sich er sie es wir ich ihr noch nur über durch vor um le la les un une du de et ou mais à au aux en par pour
        sur dans avec que qui ne pas est sont était ce cette ces il elle ils nous vous je son sa ses leur plus été
        fait comme se être avoir sans el los las una unos unas y o pero del al con por para sobre entre como más su
        sus era fue han ha hay lo este esta estos ya muy también sin desde hasta cuando os uma e da dos na nos nas
        ao pelo pela com em não foi ser são seu sua mas isso ele ela já gli uno di nel nella che è sono della delle
        dei alla per non anche si ma come più dal het een van op te dat niet zijn met voor aan om ook bij maar nog
        naar uit door och att det som på är av för till med har inte ett men var jag kan så hon og til ikke vi fra и
        в не на я что он с как это по но из у за от к для же так его все она они мы был была было были или бы о при
        w z nie się że jest jak ale po od za przez dla są był oraz co tym v že s pro jako který která podle bylo byl
        jsou ve bir bu için ile olarak çok daha gibi olan ise kadar في من على أن إلى عن مع هذا هذه التي الذي كان
        كانت ما لا هو هي قد بعد قبل بين كل و أو ثم dan yang ini itu dengan untuk pada dari dalam tidak akan juga
        adalah oleh karena wa kwa ni katika cha kama hii huo
        """
    )
)
"""The small words that prose cannot do without."""
