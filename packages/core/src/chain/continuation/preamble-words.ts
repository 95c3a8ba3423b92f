/**
 * What models say before they go on, in small letters and with plain quotes. A lead-in begins with one of the openers; it is one surely where it also speaks of going on.
 * English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Turkish, Russian, Ukrainian, Arabic, Hebrew, Hindi, Chinese, Japanese, Korean, and a little of
 * Swedish, Danish, Norwegian, Finnish, Czech, Hungarian, Romanian, Greek, Bulgarian, Vietnamese, Indonesian, Thai, Persian.
 */
export const openers: readonly string[] = [
	..."sure|certainly|of course|absolutely|okay|ok|alright|all right|yes|yep|got it|understood|no problem|great|apologies|sorry|my apologies".split(
		"|",
	),
	..."i apologize|i apologise|thank you|thanks|here's|here is|here are|here comes|below is|the rest of|the remaining|let me|let's|allow me".split(
		"|",
	),
	..."i'll|i will|i'm|i am|i see|you're right|you are right|happy to|continuing|continues|continued|continuation|picking up|resuming|carrying on|to continue|as requested".split(
		"|",
	),
	..."it seems|it looks like|it appears|my previous|my last|your previous|your last|the previous|the last|assistant".split("|"),
	..."natürlich|klar|gerne|sicher|selbstverständlich|okay|hier|ich|fortsetzung|weiter|entschuldigung|in ordnung".split("|"),
	..."bien sûr|certainement|d'accord|voici|voilà|je|suite|désolé|continuons|reprenons|la suite".split("|"),
	..."claro|por supuesto|aquí|continúo|continuación|continuando|seguimos|sigo|de acuerdo|perdón|a continuación".split("|"),
	..."com certeza|aqui|continuação|desculpe|vou continuar|segue|certo|ecco|continuo|proseguo|certamente|va bene|di seguito".split("|"),
	..."natuurlijk|zeker|ik|vervolg|oczywiście|oto|kontynu|jasne|tabii|elbette|işte|devam".split("|"),
	..."конечно|разумеется|продолж|хорошо|вот|звичайно|ось|بالطبع|بالتأكيد|حسن|إليك|تابع|أكمل|בטח|כמובן|המשך|הנה".split("|"),
	..."här är|självklart|visst|jag fortsätter|her er|selvfølgelig|tässä on|jatkan|jistě|samozřejmě|zde je|tady je|pokrač|természetesen|itt a|íme a|desigur|iată".split(
		"|",
	),
	..."φυσικά|εδώ είναι|ακολουθεί|tất nhiên|đây là|tentu|berikut|lanjutan|แน่นอน|ต่อไปนี้|البته|ادامه|در ادامه|разбира се|ето".split("|"),
	..."ज़रूर|बिल्कुल|जारी|यहाँ|यह रहा|好的|当然|當然|以下|继续|繼續|接着|接上|接續|这是|這是|没问题|抱歉|はい|承知|かしこまりました|もちろん|続き|以下は|では".split(
		"|",
	),
	..."네|물론|알겠습니다|계속|이어서|다음은|여기".split("|"),
];

/** What speaks of going on. */
const goingOn = new RegExp(
	[
		"continu(?:e|es|ing|ation|ed)\\b|\\bthe (?:rest|remainder)\\b|remaining|left off|cut off|cut short|picking (?:it )?up|pick (?:it )?up|resum(?:e|ing)\\b",
		"interrupt|truncated|where (?:i|we|it|you) (?:stopped|was|were|broke)|from that point|without repeating",
		"fortsetz|weiter|fortfahr|fahre\\b.*\\bfort|der rest|unterbr|abgebrochen|abgeschnitten|la suite|continu|reprend|où (?:je|nous)|le reste|interromp",
		"continú|continua|contin[uú]o|contin[uú]amos|el resto|lo que falta|sigo|sigue|o resto|o restante|prossig|proseg|riprend|il resto|il seguito",
		"cortad|cortó|interrump|interrott|onderbr|afgebroken|vervolg|verder|ga door|de rest|dalsz|kontynu|reszt|przerw|devam|kalan|kaldığ|kesil",
		"продолж|остал|остав|прерв|оборв|продовж|решт|متابع|تكمل|تتم|بقية|باقي|أكمل|استكمال|أتابع|המשך|ממשיכ|להמשיך|היתר|जारी|शेष|आगे|बाकी",
		"fortsätt|fortsæt|fortsett|resten|loput|jatk|pokrač|zbytek|zvyšok|folytat|restul|continuăr|συν[έε]χ|υπόλοιπ|tiếp|còn lại|lanjut|sisa\\b|ต่อไป|ที่เหลือ|ادامه|بقیه|продълж|останал",
		"继续|繼續|接着|接著|接上|接续|接續|续写|續寫|剩余|剩餘|剩下|其余|其餘|后续|後續|下文|中断|中斷|截断|打断|途切れ|続き|続け|残り|継続|再開|계속|이어|나머지|중단|끊",
	].join("|"),
	"u",
);

/** These openers speak of going on by themselves, but only together with more: "Continuing education is…" is no lead-in. */
const onlyContinuing =
	/^(?:continuing|continues|continued|resuming|carrying on|picking up)(?! *(?:$|[:.!…]|(?:right |straight )?from|where|on\b|with (?:the|my)|(?:the|my) (?:answer|response|reply|text|story|code|list|table|explanation)))/u;

/** "It looks like your message was cut off" may ask for more as well as lead in. */
const ofSomebodyElse = /^(?:it (?:seems|looks|appears)|(?:your|the) (?:previous|last|message|response))(?!.*\b(?:my|i)\b)/u;

/** Whether a sentence speaks of going on with an answer: surely, or so that only what follows says who is to go on. */
export function speaksOfGoingOn(sentence: string): "surely" | "perhaps" | "no" {
	if (!goingOn.test(sentence) || onlyContinuing.test(sentence)) return "no";
	return ofSomebodyElse.test(sentence) ? "perhaps" : "surely";
}

/** What is said of the answer itself, and of what happened to it. */
export const speaksOfAnswer: RegExp =
	/left off|cut (?:off|short)|interr[uo]|unterbr|abgebrochen|abgeschnitten|interromp|truncated|(?:from|where) (?:there|i|we|it|you)\b|\b(?:answer|response|reply|message)\b|antwort|réponse|respuesta|resposta|risposta|antwoord|odpowied|yanıt|cevab|ответ|відповід|إجابة|الرد|תשובה|उत्तर|जवाब|回答|答案|回复|回覆|中断|中斷|截断|打断|途切れ|답변/u;

const courtesy =
	"(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|alright|all right|yes|got it|understood|no problem|great|apologies|sorry(?: (?:about|for) .{0,40})?|my apologies|thank you|thanks|natürlich|klar|gerne|bien sûr|d'accord|claro(?: que sí)?|por supuesto|com certeza|certo|certamente|natuurlijk|oczywiście|tabii|конечно|хорошо|بالطبع|حسنًا|好的|当然|當然|没问题|はい|承知(?:しました|いたしました)|もちろん(?:です)?|네|물론(?:입니다|이죠)?|알겠습니다|visst|självklart|selvfølgelig|jistě|samozřejmě|természetesen|desigur|φυσικά|tất nhiên|tentu|แน่นอน|البته|assistant)[\\s,.:!。！，]*";
const courtesies = new RegExp(`^(?:${courtesy})*`, "u");

/** Whether a sentence says that it goes on and nothing else: "Sure, continuing", "Here's the rest". */
export function isNothingElse(sentence: string): boolean {
	return /^(?:(?:here(?:'s| is) )?(?:the )?(?:rest|remainder|continuation)|continu(?:ing|es|ed|ation)|(?:let me|i'll|i will) continue|(?:hier ist )?(?:der rest|die fortsetzung)|fortsetzung|(?:hier geht es )?weiter|(?:voici )?la suite|je continue|continuons|continúo|continuo|continuando|sigo|(?:aquí está )?(?:el resto|la continuación)|(?:aqui está )?(?:o resto|a continuação)|(?:ecco )?il (?:resto|seguito)|vervolg|продолжаю|продолжение|继续|繼續|接着|接上文?|以下是?(?:剩余|其余|余下)的?(?:内容|部分)?|続き|続けます|계속|이어서)[\s:：]*$/u.test(
		sentence.replace(courtesies, ""),
	);
}

/** A sentence that is nothing but polite. */
export const polite: RegExp = new RegExp(`^(?:${courtesy})+$`, "u");

/** How a refusal or a question back begins. */
export const refusalOpeners: readonly string[] = [
	..."i'm sorry|i am sorry|sorry|i apologize|i apologise|apologies|i can't|i cannot|i can not|i'm unable|i am unable|i'm not able|as an ai|as a language".split(
		"|",
	),
	..."unfortunately|it seems|it looks like|it appears|i don't|i do not|i'm not sure|i'm afraid|could you|can you|please provide|you haven't|there is no".split(
		"|",
	),
	..."there's no|i'm really sorry|i am really sorry|i'm so sorry|i won't|i will not|i must decline|your message|your previous|your last|my previous|my last|the text you|the message|the previous response|the previous answer|the previous message|the response was|the response is|the answer was already|the answer is already|there is nothing|nothing more|what would you|how can i|how may i|hello! how|hi! how|hi there! how|hello! it|hi! it".split(
		"|",
	),
	..."es tut mir leid|entschuldigung|leider|es scheint|es sieht so aus|deine nachricht|ihre nachricht|il semble|votre message|parece que|tu mensaje|sua mensagem|sembra che|je suis désolé|désolé|je ne peux|lo siento|no puedo|desculpe|sinto muito|não posso|mi dispiace".split(
		"|",
	),
	..."抱歉|对不起|對不起|很抱歉|我无法|我無法|您的|你的消息|你的问题|看起来|看來|似乎|メッセージ|ご質問|申し訳|すみません|죄송|извините|к сожалению|простите|عذرا|عذرًا|آسف".split(
		"|",
	),
];

/** What an assistant says of the conversation itself, and not within an answer. */
export const speaksOfConversation: RegExp =
	/(?:can(?:'t|not| not)|unable to|not able to|won't) (?:\w+ )?(?:assist|help|continue|comply|fulfil|answer|provide|see|access|complete|generate|engage)|(?:cut off|incomplete|truncated)|(?:more|additional|further) (?:context|information|details)|(?:previous|prior|earlier) (?:message|conversation|response|context|answer|text)|(?:response|answer|reply|message) (?:was|is) (?:already |now )?(?:complete|finished)|nothing (?:more|else|further|left) to add|must decline|(?:ai|language) (?:model|assistant)|clarif|the (?:full|complete) (?:text|message|question)|what (?:would )?you(?:'d)? like me to|(?:can|may) i (?:help|assist)|ich kann (?:dabei|ihnen|dir|diese)|nicht (?:helfen|fortsetzen|weiter)|(?:deine|ihre) nachricht|votre message|(?:tu|su) mensaje|sua mensagem|(?:tuo|suo) messaggio|(?:消息|问题|内容|文本|訊息).{0,8}(?:截断|中断|不完整|截斷)|メッセージが|ne peux pas|no puedo|não posso|non posso|无法|無法|不能|できません|お手伝い|수 없|не могу|لا (?:أستطيع|يمكنني)/u;
