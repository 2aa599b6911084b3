"""What customers say of a product or service without words of feeling: facts that are good or bad.

Expressions of RE2 over small letters. Each group has the strength that it gives a part of a
sentence; ``RELIEF`` undoes the bad ones of the same part.
"""

_OURS = r"(?:our|the|your|my|this|that|their|whole|entire|all|every|\w+'s)"
_THING = (
    r"(?:systems?|sites?|websites?|apps?|applications?|services?|servers?|tools?|platforms?"
    r"|dashboards?|portals?|apis?|integrations?|sync|feeds?|connectors?|connections?|lines?|network"
    r"|internet|everything|software|modules?|features?|pages?|logins?|checkouts?|databases?"
    r"|exports?|imports?|reports?|mobile|phones?|printers?|screens?|links?|cloud|ones?|email|e-mail"
    r"|scanners?|terminals?|tills?|registers?|machines?|product|instance|environment|it|you|that)"
)
_IS = r"(?:'s| is| are| was| were| has been| have been|'s been|'ve been| went| goes| keeps?(?: on)? going| being| been| be)"
_NUMBER = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|many|few|couple(?: of)?|half an?|twenty|thirty|forty)"
_SPAN = (
    rf"(?:(?:over|more than|almost|nearly|about|the (?:last|past|whole|entire)|at least|like) )*"
    rf"(?:{_NUMBER} )*(?:seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|morning|afternoon|ages|ever)"
)
_MONDAY = (
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday|last \w+|this morning"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|easter|christmas|the (?:update|upgrade|release|migration|switch|weekend))"
)
_OTHER = r"(?:another|a different|different|other|some other|a new|a competing|a rival|someone|somebody|two other|three other)"
_VENDOR = (
    r"(?:vendors?|providers?|suppliers?|tools?|platforms?|solutions?|systems?|partners?"
    r"|compan(?:y|ies)|products?|software|options?|offers?|quotes?|alternatives?|competitors?|else)"
)
_CONTRACT = (
    r"(?:contracts?|subscriptions?|accounts?|renewals?|licen[cs]es?|agreements?|plans?|memberships?"
    r"|modules?|service|seats?|packages?|add-?ons?|orders?|polic(?:y|ies)|polic|deal|whole thing|it all)"
)
_LATELY = r"(?:still|always|again|constantly|keeps?|kept|often|regularly|repeatedly|all the time|every (?:time|day|week|morning|month)|twice|three times|once more)"
_BAD_NOUN = (
    r"(?:outages?|downtimes?|crash(?:es)?|bugs?|errors?|glitch(?:es)?|problems?|issues?|failures?"
    r"|complaints?|delays?|breakdowns?|mistakes?|trouble|interruptions?|incidents?|disruptions?"
    r"|hiccups?|double bookings?|no-?shows?|missed \w+|breach(?:es)?|backlogs?|workarounds?)"
)
_BACK_TO = (
    r"(?:the |our |my |using |good |old |plain |trusty |just )*(?:spreadsheets?|excel|sheets?|paper|pen and paper"
    r"|e-?mails?|whiteboards?|notebooks?|google (?:docs|sheets)|the old (?:way|system|tool|process)"
    r"|old (?:way|system|tool|process)|manual\w*|doing (?:it|this|that|everything|them) (?:by hand|manually)"
    r"|post-?its|phone calls|faxes|fax|what we had|typing|word documents)"
)

#: Leaving, standing still, lost: what no politeness makes up for.
SEVERE: tuple[str, ...] = (
    r"\boutages?\b|\bdowntime\b|\bblackouts?\b|\bbreach\b",
    rf"\b{_THING}{_IS} (?:\w+ )?(?:down|offline|unavailable|unreachable|dead|out of order|unusable|out of service)\b",
    rf"\bdown (?:since|again|most of|all (?:day|morning|week|weekend|night|afternoon)|for {_SPAN})\b|\bkeeps? going down\b|\bwent down\b",
    rf"\b(?:leaving|leave|left|moved|moving|move|switch(?:ed|ing)?|going|go|gone|went|migrat(?:e|ed|ing)|chang(?:e|ing)|signed|sign|replac(?:e|ed|ing) (?:you|it|this|that|your \w+)) (?:\w+ )?(?:for|to|over to|with|by) (?:\w+ )?{_OTHER}(?: \w+)?(?: {_VENDOR})?\b",
    r"\breplac(?:e|es|ing) (?:you|your \w+)\b|\bmove away from (?:you|it|this|your)\b|\blooking elsewhere\b|\bgo elsewhere\b|\bshop around\b|\bshopping around\b",
    rf"\b(?:looking|look|shopping|talking|talk|spoke|evaluat\w+|consider\w*|comparing|testing|trialing|piloting|meeting|searching)(?: \w+)? (?:at |around for |to |for |with |into )?(?:\w+ )?{_OTHER} (?:\w+ )?{_VENDOR}\b",
    rf"\b(?:cancel|cancels|cancell?ed|cancell?ing|terminat(?:e|ed|ing)|ending|end|quit|stop(?:ped|ping)?(?: paying)?) (?:\w+ )?{_OURS}(?: \w+)?(?: \w+)? {_CONTRACT}\b",
    r"\b(?:want(?:s|ed)?|like|going|decided|deciding|about|plan(?:s|ning|ned)?|have|need|might|may|will|forced|considering|tempted|rather|thinking (?:about|of)|on the verge of)(?: \w+)? (?:to )?(?:just )?(?:cancel|cancell?ing|terminate|terminating|discontinue)\b",
    r"\bgiv(?:e|ing|en) (?:\w+ ){1,4}back\b|\bgave (?:\w+ ){1,3}back\b|\bhand(?:ing)? (?:\w+ ){1,3}back\b",
    r"\bgiv(?:e|ing|en) up on\b|\bgave up on\b|\b(?:given|gave) up (?:trying|using|waiting|hope)\b|\bl(?:ost|osing|ose) (?:hope|faith|patience|trust|confidence)\b",
    r"\b(?:not|\w+n't|never|won't be|without|against|no reason to|do not want to|instead of) (?:to )?(?:be )?(?:renew(?:ing|ed)?|extend(?:ing)?|continu(?:e|ing) with)\b|\bno renewal\b",
    rf"\b(?:back|revert(?:ed|ing)?|return(?:ed|ing)?|fell back|gone back|went back) (?:to|on|onto) {_BACK_TO}\b",
    r"\b(?:lost|losing|lose|loses|missing|deleted|wiped|corrupted|overwritten) (?:\w+ ){0,4}(?:data|orders?|customers?|clients?|sales|records?|files?|money|revenue|patients|bookings?|deals?|contacts?|history|work|hours|days?)\b|\bdata (?:is|was|has) (?:gone|lost|deleted|missing)\b",
    r"\b(?:nightmare|disaster|unacceptable|unusable|useless|worthless|horrible|terrible|awful|dreadful|hopeless|a joke|worst|fed up|furious|ridiculous|disgrace|pathetic|appalling|sick of|tired of|waste of (?:time|money))\b",
    r"\b(?:second|third|fourth|fifth|sixth|tenth|umpteenth|\d+(?:nd|rd|th)) (?:time|week|month|outage|crash|ticket|call|mail|email|day|incident|quarter|year)(?: \w+)? (?:i|we|i'm|we're|i've|we've|that|this|in a row|running|already|it|now)\b|\bhow many (?:more )?times\b|\bsame (?:\w+ )?(?:errors?|problems?|issues?|bugs?|mess|thing again|story)\b",
    r"\bnot what (?:we|i) (?:were|was|are|had been) (?:sold|promised|told|paying for|shown)\b|\b(?:was|were|been) promised\b|\byou (?:promised|said you'd|told us you'd)\b|\bbroken promises?\b|\bmis-?sold\b|\bmisled\b|\blied to\b",
    r"\b(?:stop(?:ped)?|quit|abandon(?:ed)?|ditch(?:ed)?) (?:us|logg|trust|pay|log)\w*\b|\bstopped (?:\w+ )?(?:trusting|using|logging|believing|opening)\b|\bmake up for\b",
)

SEVERE += (
    rf"\b(?:in (?:talks|touch|contact|discussions?|negotiations?) with|got (?:an offer|a quote) from|signed with|trial (?:with|of)|demo from|pitch from|meeting) (?:\w+ )?(?:{_OTHER}|your competitors?|a competitor|two|three) (?:\w+ )?(?:{_VENDOR})?\b|\bcompetitors? (?:\w+ )?(?:offered|offers|does|has|have|is|are|quoted|came)\b",
    r"\bpull(?:ing|ed)? the plug\b|\bon the fence\b|\bwalk(?:ing)? away\b|\bget(?:ting)? rid of\b|\b(?:phase|phasing|phased) (?:it|you|this|them|that|the \w+) out\b|\bphas(?:e|ing) out\b|\bcall it (?:a day|quits)\b|\b(?:contract|subscription|agreement|licen[cs]e|service|account) (?:\w+ )?(?:terminated|cancell?ed|ended|closed|to end)\b|\bopt(?:ing|ed)? out\b|\bwon't be (?:staying|a customer|needing)\b|\b(?:not|\w+n't|never) (?:\w+ ){0,3}(?:renew|renewing|extend|extending|sign again|stay(?:ing)?|continue|keep it)\b|\bbacked out\b|\bdrop(?:ping|ped)? (?:it|you|the tool|the module|this) (?:after|again|next|at|from|in|for|altogether|entirely)\b|\bbail(?:ing|ed)? (?:out )?(?:on)?\b|\bpart ways\b|\bmoving on\b",
    r"\b(?:stood still|standstill|stands still|standing still|at a standstill|died|dies|is dead|went dark|blacked out|froze(?:n)? up|brought (?:\w+ ){1,4}to a halt|ground to a halt|shut down|lost connection)\b|\b(?:been|were|are|was) (?:without|cut off|locked out|offline|disconnected)\b|\b(?:logs?|kicks?|throws?|locked|locks|kicked|logged) (?:me|us|them|people|everyone|everybody|my \w+|our \w+) out\b",
    r"\b(?:cost|costs|costing|lost) us (?:an?|the|our|two|three|\d+|several|many|money|customers?|clients?|deals?|orders?|sales)\b|\b(?:driv(?:es?|ing)|drove) (?:us|me|them|people|everyone|my \w+|our \w+) (?:mad|crazy|nuts|insane|up the wall)\b|\bapologi[sz]e to (?:our|every|the|all)\b|\b(?:every|our|all) (?:\w+ )?(?:guests?|customers?|clients?|patients?) (?:and|to) apologi[sz]e\b",
    r"\b(?:asked|told|called|written|wrote|reported|raised|mentioned|said|explained|requested|complained|emailed|phoned|reminded)(?: (?:you|for|that|this|it|them|about|to|the \w+|your \w+|support))* (?:twice|three times|four times|five times|several times|many times|again and again|over and over|repeatedly|\d+ times|a dozen times|so (?:many|often))\b",
)

#: It does not work, it takes too long, nobody answers, nobody uses it.
BAD: tuple[str, ...] = (
    r"\b(?:doesn't|don't|didn't|isn't|wasn't|won't|not|never|stopped|hasn't|haven't|aren't|no longer|barely|hardly|nothing)(?: \w+)? (?:work(?:s|ed|ing)?|load(?:s|ed|ing)?|sync(?:s|ed|ing)?|open(?:s|ed)?|match(?:es|ed|ing)?|respond(?:s|ed|ing)?|reliable|usable|add(?:s|ed)? up|fixed|function(?:s|ing)?|helpful|help(?:ed|ing)?|deliver(?:s|ed)?|solved?|resolved|arriv(?:e|ed)|updat(?:e|ed|ing)|show(?:s|n|ing)? up|print(?:s|ed)?|connect(?:s|ed)?|sav(?:e|es|ed|ing)|what (?:i|we) (?:asked|wanted|want|ordered|need|needed|meant|said|paid)|good enough|acceptable|enough|worth|convinced|happy|satisfied|impressed|pleased|correct|right|accurate|intuitive|true|stable|up to)\b",
    r"\b(?:never|nobody|no one|didn't|hasn't|haven't|not) (?:\w+ )?(?:heard|hear|got|gotten|get|received|called?|calls|answer(?:s|ed|ing)?|repl(?:y|ies|ied)|respond(?:s|ed)?|came|come|comes) ?(?:back|an answer|a reply|a response|anything|us|me|to|the|my|our)?\b",
    r"\b(?:nobody|no one|none of|hardly anyone|barely anyone|half of|most of) (?:\w+ ){0,4}(?:uses?|using|logs?|opens?|touch(?:es|ed)?|looks?|wants?|likes?|trusts?|knows how|refus\w+|ignores?|understands?|can|bothers?|adopt\w*|works?)\b",
    r"\brefus(?:e|es|ed|ing) to (?:use|log|work|touch|adopt|open|pay)\b|\b(?:won't|will not|wouldn't|don't|doesn't|didn't) (?:use|log|adopt|touch|open|trust|pay|buy|accept|recommend|see the (?:value|point)|even)\b",
    r"\b(?:crash(?:es|ed|ing)?|freez(?:e|es|ing)|froze|frozen|hang(?:s|ing)|hung up on|lags?|laggy|breaks|broke (?:our|the|my|down|again|it|every\w*)|broken|fail(?:s|ed|ing)?|times? out|timed out|buggy|glitch\w*|malfunction\w*|stuck|jams?|jammed|garbled|corrupt\w*)\b",
    r"\b(?:too|so|very|really|painfully|extremely|incredibly|unbearably|way too|terribly) (?:\w+ )?(?:slow|complicated|expensive|confusing|cumbersome|clunky|long|late|hard to|difficult to|many clicks|many errors|buggy|unreliable|rigid|frustrating|pricey|much work|much money|much effort|unclear)\b|\btoo much\b|\btoo many\b",
    r"\bstill (?:\w+ ){0,2}(?:waiting|broken|open|not|no|missing|wrong|failing|slow|drops?|fails?|crash\w*|doesn't|don't|can't|isn't|haven't|hasn't|unresolved|unanswered|down|the same|have to|manual\w*|struggl\w+|pending)\b",
    rf"\b(?:been|kept|keeps?|keep|left|are|is|am|'re|'m|stand|sit)(?: \w+)? waiting (?:for (?:{_SPAN}|your?|you|support|an? (?:answer|reply|fix|response|callback|call|solution|technician|refund)|someone|somebody|anyone|that|the (?:fix|answer|refund|patch|feature|update|technician))|on|since|{_SPAN})\b|\bkept? (?:us|me|them|people|customers|everybody) waiting\b|\bkeeps (?:us|me|people|customers) waiting\b|\bwaiting (?:since|forever|{_SPAN})\b|\bwaited {_SPAN}\b|\bwaited for {_SPAN}\b|\bhave been waiting\b|\bwaiting (?:\w+ )?for {_SPAN}\b",
    r"\b(?:can't|cannot|can not|couldn't|unable to|impossible to|no way to|never able to|not able to) (?:\w+ )?(?:get|reach|log|find|open|access|print|restore|export|use|work|trust|rely|see|connect|load|save|send|afford|justify|understand|make (?:it|sense)|tell|ship|bill|do|close|finish|serve)\b",
    r"\b(?:by hand|manually|workarounds?|work around|re-?do(?:ing)?|redo the|re-?typ\w+|twice the work|double work|patch(?:ed)? it)\b",
    r"\b(?:slipped|slipping|delayed|overdue|behind schedule|late again|postponed again|takes? forever|took forever|takes? ages|took ages|forever to|drags? on)\b",
    r"\b(?:wrong|incorrect|inaccurate|missing|disappeared|vanished|duplicated?|duplicates|mismatch\w*|out of date|outdated|inconsistent|drops? every|dropping|dropped (?:calls?|packets?|orders?|every|our|the)|bounces?|bounced|mess|messed up|messy|confusing|frustrat\w+|annoy\w+|disappoint\w+|unhappy|dissatisf\w+|upset|angry|worried|concerned|unreliable|painful|clunky|cumbersome|tedious|pointless|struggl\w+|suffer\w*|headaches?|hate[sd]?|poor|bad|worse|sadly|unfortunately|overcharged?|double-?charged|hassle|embarrass\w+|lousy|sluggish|awkward|annoyed|regret\w*|burned|unclear|inadequate)\b",
    r"\bwithout (?:\w+ )?(?:fixing|answering|telling|asking|notice|warning|solving|an answer|a reply|any (?:help|result|answer|reply))\b",
    r"\b(?:what|why) (?:are|do|should|would) (?:we|i) (?:\w+ )?(?:pay|paying|spend|even)\b|\bwhy (?:we|i) (?:\w+ )?(?:pay|spend)\b|\bnot worth\b|\bwaste\b|\bpaying for (?:\w+ ){1,4}(?:and|but|yet) (?:\w+ ){0,2}us(?:e|ing)\b|\bno (?:value|benefit|use|point|roi|return)\b|\bnothing (?:\w+ ){0,2}(?:gets|got|changes|changed|happens|happened|improved|came|comes)\b",
    rf"\b{_BAD_NOUN} (?:\w+ )?(?:again|since|every|all the time|constantly|keep|keeps|twice|with (?:the|your|this|our)|in (?:the|your))\b|\b(?:keep|keeps|kept|constantly|always|repeated|frequent|several|many|more|another|so many|lots of|a lot of|tons of|big|serious|major|huge|have|had|having|got|get|getting|have an?|had an?|got an?) (?:\w+ )?{_BAD_NOUN}\b",
    r"\b(?:complain(?:s|ed|ing)?|escalat(?:e|ed|ing)|yell(?:s|ed|ing)?|shout(?:s|ed|ing)?) (?:\w+ )?(?:about|to|at|that|every|again)\b|\b(?:errors?|complaints?|costs?|tickets?|churn|no-?shows|overtime|mistakes) (?:went|are going|is going|have gone|keeps? going|gone|has gone|shot|are|is) up\b|\b(?:sales|adoption|usage|logins|orders|open rates?|conversion|revenue|productivity|quality) (?:\w+ )?(?:dropped|fell|collapsed|went down|is down|are down|has dropped|halved|declin\w+|tanked)\b",
    r"\b(?:takes|took|taking|costs?|cost|wast(?:e|es|ed|ing)|spend|spent|spending) (?:\w+ ){0,5}(?:hours?|minutes|days|weeks) (?:\w+ ){0,4}(?:what|instead|before|longer|to fix|fixing|cleaning|correcting|chasing|every|just to|for something)\b|\btakes? (?:twice|three times|longer)\b|\btook longer\b|\bdid not (?:help|work)\b",
    r"\b(?:not|\w+n't|never|no|nothing) (?:\w+ ){0,3}(?:looking for|asked for|need|faith|trust|confidence|improvement|progress|what we agreed|recommend|expected|interested|a fan|keen)\b",
    r"\b(?:no,? (?:i (?:said|asked|wanted|meant|need)|not that|that's)|i(?:'ve| have)? (?:already|just) (?:told|said|gave|given|answered|explained|mentioned|asked)|you (?:just|already) (?:asked|told|said)|like i said|as i said|that's not (?:right|it|what|true|the one)|that is not (?:right|it|what|true|the one)|you(?:'re| are) not (?:listening|hearing|answering|helping)|are you even|forget it then)\b",
    r"\b(?:closed|close) (?:the|my|our) (?:ticket|case) (?:without|again|and)\b|\bhung up\b|\bignored\b|\bignoring (?:us|me|our)\b|\bchas(?:e|ed|ing) (?:you|your|support|someone)\b|\bred tape\b|\bpassed around\b|\bpush(?:ed)? back the\b|\bfell through\b|\bbreaking point\b|\blast straw\b",
)

BAD += (
    r"\b(?:own|their own|private|separate|shadow|parallel) (?:\w+ )?(?:lists?|spreadsheets?|notes?|files?|sheets?|tables?|records?|excel|notebooks?) (?:again|instead|next to|because|on the side|now)\b|\b(?:twice|everything double|double entry|two systems|in parallel) because\b|\b(?:type|types|typed|enter|enters|entered|copy|copies|do|does|did|key) (?:\w+ ){0,2}twice\b|\b(?:correcting|fixing|cleaning up|repairing|re-?entering|chasing|apologi[sz]ing|copying|reconciling) (?:the|your|what|after|up|every|everything|it|for it|errors|them)\b",
    r"\b(?:expected|hoped for|deserve|were hoping for) (?:\w+ )?(?:more|better|otherwise)\b|\bnever (?:\w+ )?(?:took place|happened|materiali[sz]ed|came|arrived|saw|showed|delivered|worked|finished|got)\b|\b(?:isn't|aren't|wasn't|not) (?:\w+ )?(?:done|finished|ready|complete|live|there yet|in place|set up|available|delivered)\b|\bit's been (?:\w+ ){1,3}(?:days|weeks|months|years) and\b|\bgave it a (?:try|go|chance) (?:and|but)\b|\bloop\b.{0,30}\b(?:stuck|mad|again)\b|\bno (?:point|sense) in\b|\bhalf the (?:price|functions|features|things)\b|\bas (?:agreed|promised)\b.{0,20}\bnot\b|\bfall(?:s|ing)? apart\b|\blet(?:s|ting)? us down\b|\bhard to (?:justify|defend|see|sell|use|find|trust|read)\b|\b(?:got|get|is getting|became|gets) (?:much |even |a lot )?(?:slower|worse|harder|more expensive|more complicated|unreliable)\b|\bcosts? (?:us )?(?:more|too|twice|double|a fortune)\b|\b(?:won't|doesn't|didn't|can't|couldn't) (?:even )?(?:pair|start|boot|scan|charge|accept|recogni[sz]e|talk to|refresh|pick up|register|turn on|go through|fit|scale|handle|keep up)\b|\b(?:every|each) (?:single )?(?:ten|five|few|two|\d+) minutes\b",
)

#: Not content, or not sure, yet no blame: a refusal, a question asked again, a way out sought.
BAD += (
    r"\b(?:explain\w*|repeat\w*|tell|told|telling) (?:\w+ ){0,4}to (?:two|three|four|five|six|several|\d+|so many) (?:different |other )?(?:people|persons|agents|colleagues)\b|\bnobody(?:'s| has| is)? (?:\w+ )?(?:got|come|came|called|rung|written|answered|replied|getting|coming|calling) back\b",
    r"\b(?:don't|doesn't|didn't|do not|does not|never) (?:match|agree with|add up|tally|line up|balance)\b|\b(?:paid|charged|billed|invoiced|shipped|sent|booked|delivered) (?:\w+ ){0,3}(?:wrong|incorrect\w*|twice)\b|\b(?:takes?|took|taking) (?:\w+ )?longer (?:than|now)\b|\bby hand (?:again|in the end)\b",
)

DOUBT = (
    r"(?:^|[,.;:!?] )(?:no|nope|nah|hmm+|hm)\b",
    r"\b(?:are you (?:sure|certain|serious)|is that (?:all|it|really)|(?:try|check|look|search|ask|start|do (?:it|that)) (?:\w+ )?(?:again|once more)|one more time|never ?mind|forget (?:it|about)|whatever|i guess|if you say so|not really|not quite|not (?:exactly|what)|why not|how come)\b",
    r"\b(?:any|some(?:thing|where|one)?|anything|what about|how about) (?:other|another|else|different)\b|\b(?:instead|a different one|another (?:one|option|time|day)|in that case|that won't do|nothing else|no others?|what about)\b",
    r"\b(?:don't|didn't|do not|did not) (?:want|like|need|mean|ask|say|know|understand|see|think|have)\b|\bi (?:said|asked|meant|already|just said|was asking|was looking)\b|\byou (?:didn't|haven't|already|just|don't)\b|\bactually\b|\bchanged? my mind\b",
)

#: It saves, it works, they want more of it.
GOOD: tuple[str, ...] = (
    r"\b(?:saves?|saved|saving|freed|frees) (?:us|me|them|our \w+|my \w+|about|over|at least|so|a lot|tons|\d+|hours?|time|money|every\w*|the \w+|nearly|almost|two|three|four|five|six|ten|half) ?(?:\w+ ){0,4}(?:hours?|days?|time|minutes?|weeks?|money|work|thousand|\d+|percent|euros?|dollars?)?\b",
    r"\b(?:love|loves|loved|adore|enjoy(?:s|ed)?|impressed|delighted|thrilled|excellent|fantastic|amazing|awesome|brilliant|superb|outstanding|wonderful|flawless\w*|seamless\w*|smooth(?:ly)?|painless\w*|effortless\w*|spot on|game changer|life ?saver|best (?:tool|decision|thing|purchase|support|one)|pleased|satisfied|excited|proud|grateful|intuitive|reliable|worth (?:every|it|the)|recommend\w*|great|perfect(?:ly)?|terrific|fabulous|friendly|helpful)\b",
    r"\b(?:very|really|so|quite|super|extremely|pretty|happy|pleased|well|works?|working|worked|runs?|running|went|going|goes|been|is|are) (?:\w+ )?(?:happy|well|good|fast|quick|quickly|easy|useful|helpful|great|nicely|fine|strong|better|easier|faster|quicker|positive|popular|like clockwork)\b",
    r"\b(?:so |much |a lot |way |far |lots |noticeably )+(?:easier|better|faster|simpler|quicker|smoother|clearer|more (?:than|accurate|reliable|efficient)|fewer|less (?:work|time|stress|manual))\b",
    r"\b(?:cut|cuts|reduc(?:ed|es)|halv(?:ed|es)|shrank|shortened|brought down|lowered|slashed|shaved) (?:\w+ ){0,4}(?:time|times|from|by|in half|cost\w*|errors?|mistakes|work|overtime|days|hours|close|closing|waiting|no-?shows|churn|returns)\b",
    r"\b(?:errors?|error rates?|mistakes|complaints?|returns|costs?|no-?shows|churn|tickets|overtime|wait(?:ing)? times?|response times?|closing|backlog) (?:\w+ ){0,3}(?:dropped|fell|(?:went|gone|is|are|came|has come|have come) down|halved|disappeared|shrank|decreas\w+|is gone|are gone)\b",
    r"\b(?:sales|adoption|usage|logins|orders|open rates?|conversion|revenue|productivity|quality|retention|renewals|bookings) (?:\w+ ){0,3}(?:grew|rose|doubled|tripled|increased|improved|(?:went|gone|is|are) up|growing|climb\w+|at (?:\d+|ninety|eighty|a hundred))\b|\b(?:\d+|ninety|eighty|hundred) percent and (?:growing|rising)\b",
    r"\b(?:roll(?:ing)?|rolled) (?:it|this|that|them) out to (?:the |our |all |more )?(?:other|rest|every|two|three|more|all|whole|entire|\w+ more)\b|\badd(?:ing)? (?:\w+ ){0,2}more (?:seats|users|licen[cs]es|modules|sites|locations|stores|teams)\b|\bexpand(?:ing)? (?:it |this )?(?:to|across|into)\b|\bextend it to\b|\bhappy to renew\b|\bkeep (?:it|using it)\b",
    r"\bexactly (?:what|the thing) (?:we|i) (?:\w+ )?(?:need|needed|looking|were|was|want|wanted|hoped|asked)\b|\b(?:what|just what) we (?:were|are|have been) looking for\b|\bmore (?:\w+ ){0,4}than (?:we|i) (?:\w+ )?(?:expected|hoped|thought|bargained)\b|\bexceed\w* (?:our|my|all) expectations?\b",
    r"\b(?:fixed|solved|resolved|sorted)\b|\bpaid (?:for )?itself\b|\bpays for itself\b|\bpaid off\b|\bbrought (?:\w+ ){1,3}back\b|\bcan't wait\b|\bcannot wait\b|\bno brainer\b|\bbig (?:win|success)\b|\b(?:is|was|been) (?:a )?(?:big |huge |real |great )?(?:success|win|hit|relief|pleasure to use)\b|\bimprove(?:d|s|ment)\b|\bhelp(?:s|ed) (?:us|me|a lot|the team|our)\b",
    r"\b(?:like|likes|liked) (?:\w+ ){0,2}(?:it|using|the|that|how|what|working|your|this)\b|\bfond of\b|\bkeen on\b|\bhappy (?:with|about)\b|\bcomfortable with\b|\bappreciated? (?:the|how|your)\b",
)

GOOD += (
    r"\b(?:big|huge|real) fans?\b|\b(?:use|uses|using|used|open|opens|log into|logs into) it (?:every|daily|all|each|constantly|more)\b|\bdoes (?:what|everything|exactly) \b|\b(?:part of|into) (?:our|the|my|everyone's) (?:\w+ )?routine\b|\bfinally (?:have|has|can|got|see|know|works?|trust|get|managed)\b|\bgot (?:the|our|its) money back\b|\b(?:come|comes|runs?|opens?|loads?|done|ready) (?:\w+ )?(?:in|within) (?:\w+ )?(?:seconds|minutes|no time)\b|\b(?:solved|fixed|sorted|answered|resolved|done) (?:it |that |this |everything )?(?:in|within) (?:\w+ )?(?:\w+ )?(?:seconds|minutes|hours?|days?)\b",
    r"\b(?:would|we'd|i'd|'d|want to|going to|need|plan to|hoping to|planning to) (?:like |love |want |add |buy |order |need |get |take )?(?:to (?:add|buy|order|get|have|book|take) )?(?:\w+ )?(?:more|extra|additional|further) (?:\w+ )?(?:seats?|users?|licen[cs]es?|modules?|sites?|locations?|stores?|stations?|lines?|of (?:it|them|those))\b|\bnot (?:one|a single) (?:\w+ ){1,3}(?:has|have|had|called|complained|came|asked|was)\b|\bno more (?:re-?typ\w+|chasing|paper|spreadsheets|copying|waiting|double|manual|guessing|faxes|missed)\b|\b(?:is|are|went|came) down by\b|\bbest (?:\w+ )?(?:we|i) (?:have |had |ever )\b|\b(?:best|better) (?:\w+ )?(?:we've|i've|than)\b|\b(?:nine|eight|almost all|nearly everyone|everybody|everyone|all of them) (?:\w+ ){0,4}(?:use|uses|using|loves?|likes?|on board|happy|onboard)\b|\b(?:returns|errors|mistakes|complaints|no-?shows|costs|calls to support|tickets) (?:\w+ )?(?:down by|are down|is down|dropped|gone)\b|\bworth (?:it|every|the)\b|\bmade (?:our|my|the) (?:\w+ )?(?:easier|life|lives|day|week)\b|\bno one (?:wants to go back|misses)\b|\bnobody (?:noticed|wants to go back|misses|complains?|complained)\b",
)

GOOD += (
    r"^(?:and |but |so |well,? )*(?:it|that|this|everything) (?:all )?just works\b|\bstopped (?:asking|chasing|complaining|ringing) (?:me|us|where|about|for)\b|\b(?:caught|spotted|prevented) (?:\w+ ){1,4}(?:before (?:it|they|we)|in time)\b",
)

#: "Not a single outage", "no complaints", "never had": the bad thing is not there.
RELIEF = (
    r"\bno more (?:re-?typ\w+|chasing|paper|spreadsheets|copying|waiting|double|manual|guessing|faxes|missed)\b|\bnobody (?:noticed|wants to go back|misses|complains?|complained)\b|\bnot (?:one|a single) (?:\w+ ){1,3}(?:has|have|had|called|complained|came|asked|was)\b",
    rf"\b(?:no|zero|without (?:a|any)|not (?:a|had a|one|had one) (?:single )?|\w+n't (?:\w+ )?(?:had|have|seen|got|been) (?:\w+ )?(?:a|any|one|single|more|much)(?: single| more| of those| real)?|never (?:had|have|seen|been|got|experienced)(?: an?| any| a single| one)?|free of|fewer|less|hardly any|barely any|nor any|any more|had no|have no|there (?:was|were|is|are|has been|have been) no|no more)(?: \w+)? {_BAD_NOUN}\b",
    rf"\b(?:no|zero|fewer|less|any|without) (?:\w+ )?{_BAD_NOUN} (?:since|so far|anymore|any more|at all|yet|on our side|from|to report|last|this|in)\b",
    r"\b(?:not|\w+n't|never|hasn't been|haven't been|wasn't|isn't) (?:been )?(?:\w+ )?(?:down|offline|broken|slow|bad|wrong|worried|concerned|crash\w*|fail\w*|disappoint\w*|complicated|expensive|difficult|cancel\w*|leav\w+|waiting|unhappy|upset|a (?:problem|issue|disaster)|lost)\b",
    r"\bnothing (?:is |was )?(?:wrong|bad|broken|missing|to complain)\b|\bcan(?:'t|not) complain\b|\bcan't (?:wait|say anything bad)\b|\bno (?:regrets?|longer (?:a|an|wait|have to|need to))\b|\b(?:costs?|prices?|rates?|times?|errors?|complaints?|volumes?|tickets|no-?shows|overtime) (?:\w+ )?(?:is|are|was|were|went|came|has gone|have gone|gone|come) down\b|\bwent down (?:by|from|to)\b|\bdon't have to (?:wait|do (?:it|that|this) (?:by hand|manually))\b|\b(?:instead of|rather than|used to|no longer|don't need to|replac(?:ed|es) (?:our|the)) (?:\w+ ){0,4}(?:by hand|manually|spreadsheets?|excel|paper|workarounds?|wrong|waiting)\b",
)

#: Weather, films, holidays, families: liked or not, they are not the matter.
SMALL_TALK = (
    r"\b(?:can't|cannot|can hardly|couldn't) believe (?:it|how (?:good|well|fast|easy|much)|that it)\b.*\b(?:proud|happy|works?|worked|good|great|better)\b",
    r"^(?:and |so |oh,? |well,? )*(?:the )?overdue (?:bills|invoices|payments|accounts|amounts)\b",
    r"\bwhat(?:'s| is) missing is\b",
    r"\b(?:when(?:ever)?|if|as) (?:it|they|he|she|we|you|i|everybody|nobody) feels? like (?:it|that)\b",
    r"\bthat was (?:the|a|our) (?:bad|good|quiet|busy|best|worst) (?:day|week|month|quarter|year)\b",
    r"\b(?:weather|rain(?:ing|y)?|snow(?:ing|y)?|sunny|sunshine|films?|movies?|cinema|actors?|actress(?:es)?|comed(?:y|ies)|thrillers?|horror|sci-?fi|novels?|songs?|concerts?|bands?|football|soccer|baseball|basketball|golf|ski(?:ing)?|hik(?:e|es|ing)|surfing|beach(?:es)?|vacations?|holidays?|nice weekend|great weekend|your weekend|birthday|wedding|kids|children|daughter|son|wife|husband|grandm\w+|grandp\w+|dogs?|cats?|pupp(?:y|ies)|netflix|barbecue|grandchildren|baby|playoffs?|marathon|christmas)\b",
)

#: Nothing has happened: an "if", a question on how it is done, an offer of ours, a rule.
SUPPOSED = (
    r"^(?:and |but |so |okay |then |now )*(?:if|what if|suppose|supposing|in case|let's say|say|assuming|unless|imagine|whether)\b",
    r"\b(?:what happens|what (?:would|will|do (?:you|we) do)|is there (?:a|any) way|how (?:do|does|can|would|could|should|will|long|much|many|often)|can (?:i|we|you|one|it)|could (?:i|we|you)|do you (?:have|offer|charge|support|know)|is it possible|am i able|are we able|who (?:do|should|would))\b.{0,80}(?:\bif\b|\bwhen\b|\bonce\b|\bin case\b|\?$)",
    r"\b(?:would|could|should|might) (?:it |we |you |i )?(?:be|go|get|have|happen)\b.{0,40}\bif\b|\bif (?:it|something|anything|the|one|someone|a|an|your|our|we|you) (?:\w+ )?(?:goes|went|is|were|was|breaks|fails|crashes|needs?|wants?|ever|should|had|gets?|cancel\w*|lose|loses|misses)\b|\bwhen(?:ever)? (?:something|anything) (?:is|goes)\b|\bin case of\b",
    r"\b(?:write|wrote|writing|note|noted|jot(?:ted)?|put|take|took|break|broke|narrow|sit|settle|calm|scroll|drill|go|walk|slow|boil|turn|lay|hand|bring) (?:\w+ ){0,3}down\b|\bdown the (?:road|line|page|list)\b|\bscale down\b|\bdown to (?:you|us|the)\b",
    r"\b(?:handled|dealt with|managed|processed|taken|looked after|covered|reviewed|tracked) by\b|\b(?:desk|department|process|form|forms|policy|team|queue|ward|code|page|column|box|field|number|list|category) (?:for|of|is|are|has|share|shares|that|on|which|from)\b",
)
